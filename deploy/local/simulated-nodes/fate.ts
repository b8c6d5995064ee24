/** The words in which a task writes the fate of its pod, and the names that belong to them. */

/** The repository of images that exist nowhere: their tags are read by the simulated nodes. */
const REPOSITORY = 'orrery.local/fate';

/** The longest tag that an image reference may have. */
const LONGEST_TAG = 128;

/** Words that stand alone; those with a value are `run-2s`, `exit-7` and so on. */
const PLAIN = [
  'ok',
  'ignored',
  'oom',
  'killed',
  'never-starts',
  'not-found',
  'evicted',
  'deaf',
  'inputs-stuck',
  'outputs-crash',
  'lost-report',
  'lost-records',
] as const;

type Duration = `${number}s` | `${number}ms`;

type Plain =
  | (typeof PLAIN)[number]
  | `${'run' | 'pull' | 'inputs' | 'outputs'}-${Duration}`
  | `exit-${number}`;

/** One word of a fate; see the interface of the simulated nodes for the list. */
export type FateWord = Plain | `first-${Plain}`;

const WORD = new RegExp(
  String.raw`^(first-)?(${PLAIN.join('|')}|(run|pull|inputs|outputs)-\d+(s|ms)|exit-\d+)$`,
);

/** The image that gives an executor this fate; throws for a word that the simulated nodes do not know. */
export function fateImage(...words: readonly FateWord[]): string {
  const unknown = words.find((word) => !WORD.test(word));
  if (unknown !== undefined) {
    throw new Error(
      `the fate ${unknown} is none: use a word of the list in ${import.meta.filename}`,
    );
  }
  const tag = words.length === 0 ? 'ok' : words.join('.');
  if (tag.length > LONGEST_TAG) throw new Error(`the fate ${tag} does not fit into an image tag`);
  return `${REPOSITORY}:${tag}`;
}

/** What the executor `index` of a simulated pod writes to its standard output. */
export function stdoutOf(podName: string, index: number): string {
  return `executor ${index} of ${podName}\n`;
}

/** The words of an image in an attempt of that number; none for an image that is no fate. */
export function fateWords(image: string, attempt: number): ReadonlySet<string> {
  if (!image.startsWith(`${REPOSITORY}:`)) return new Set();
  const words = image.slice(REPOSITORY.length + 1).split('.');
  return new Set(
    words.flatMap((word) => {
      if (!word.startsWith('first-')) return [word];
      return attempt === 1 ? [word.slice('first-'.length)] : [];
    }),
  );
}
