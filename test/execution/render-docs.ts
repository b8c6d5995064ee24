/** docs/execution.md: made from the cases and from the table of ends, so that it says only what is proven. */
import { DEADLINES } from '../../src/tes/deadlines.ts';
import type { EndRow } from '../../src/tes/end-row.ts';
import { STATE_OF } from '../../src/tes/end-verdict.ts';
import { END_CHAPTERS, type EndWay } from '../../src/tes/ends.ts';
import type { Chapter } from './case.ts';
import { CHAPTERS } from './chapters.ts';
import { proofOf, RECORDINGS } from './proofs.ts';

const HEAD = `# What happens in the pod

This page is made from the execution suite (\`node test/execution/write-docs.ts\`): each sentence is the title of a case that
runs on a real server and real pods, and each row of the tables of ends is proven by a case, or by a status that was recorded
where the private cluster cannot produce it. How the pod is built is in [the architecture of a task](operating.md#looking-at-a-task).

    npm run jest -- --selectProjects e2e --testPathPatterns execution -t 'Streams'`;

const ENDS_HEAD = `## Every way in which an attempt ends or hangs

The first of these questions that has an answer decides; no clocks are compared:

1. Is the work done: has the stage \`outputs\` ended with 0? Then the records of the stages decide, whatever deleted the pod afterwards.
2. Did Orrery delete the pod? Then for the reason that it wrote down before.
3. Did something disturb the pod or its node? A command that ended after a SIGTERM from Kubernetes has not failed.
4. Else the first failure in the order of the stages: inputs, executors, outputs; at last images and containers.

| class | state of the task | tried again |
| --- | --- | --- |
| success | ${STATE_OF.success} | |
| executor-failure | ${STATE_OF['executor-failure']} | no: the same command would fail again |
| bad-task | ${STATE_OF['bad-task']} | no: the document or its image is wrong |
| deadline | ${STATE_OF.deadline} | no |
| infrastructure | ${STATE_OF.infrastructure}; PREEMPTED where † stands, for a \`preemptible\` task without retries | yes, up to \`ORRERY_MAX_ATTEMPTS\` or \`max_retries\`, but not where ‡ stands |
| canceled | ${STATE_OF.canceled} | no |

The last line of \`system_logs\` is the sentence of the row. Words in italics stand for what it names; what is not known is left out.
Trouble of an image of Orrery's own, or with a text that promises healing (a registry out of reach, a full disk), is
infrastructure also where the table says bad-task. A stage that fails names path or URL in a sentence of its own.`;

const LOST = `### When the report is lost

The stage \`outputs\` prints a report with all records, tails and uploaded files, with its length and checksum. It is read up to three
times. When it is lost or damaged, the attempt is settled by the termination messages of its containers: exit codes and times
are known, what the commands printed and the list of files are not, and a line says so. The commands are never run again for it.`;

/** The whole page. */
export function renderDocs(): string {
  const chapters = CHAPTERS.map(renderChapter);
  const ends = [ENDS_HEAD, ...renderEnds(), renderRecordings(), LOST, renderDeadlines()];
  return `${[HEAD, ...chapters, ...ends].join('\n\n')}\n`;
}

function renderChapter({ title, intro, cases }: Chapter): string {
  const rows = cases.map(({ sentence, state, proves }) => [
    sentence,
    state === 'refused' ? '400' : state,
    proves === undefined ? '' : `\`${proves}\``,
  ]);
  const isAboutEnds = cases.some(({ proves }) => proves !== undefined);
  return [
    `## ${title}`,
    '',
    intro,
    '',
    isAboutEnds
      ? renderTable(['what holds', 'the task ends', 'row'], rows)
      : renderTable(
          ['what holds', 'the task ends'],
          rows.map((row) => row.slice(0, 2)),
        ),
  ].join('\n');
}

function renderEnds(): string[] {
  return Object.entries(END_CHAPTERS).map(([title, rows]) =>
    [
      `### ${title}`,
      '',
      renderTable(
        ['row, code, class', 'how it shows', 'what the user is told', 'proven by'],
        Object.entries<EndRow>(rows).map(([way, row]) => renderEnd(way as EndWay, row)),
      ),
    ].join('\n'),
  );
}

function renderEnd(way: EndWay, row: EndRow): string[] {
  const marks = `${row.takesCapacity === true ? ' †' : ''}${row.final === true ? ' ‡' : ''}`;
  return [
    `\`${way}\`<br>${row.code}<br>${row.class}${marks}`,
    row.shows,
    toReadable(row.says),
    renderProof(way),
  ];
}

function renderProof(way: EndWay): string {
  const proof = proofOf(way);
  return [
    ...(proof === undefined || proof.cases === 0 ? [] : [count(proof.cases, 'case')]),
    ...(proof === undefined || proof.recordings === 0 ? [] : ['recorded']),
    ...(proof?.elsewhere === undefined ? [] : [`[a test](../${proof.elsewhere})`]),
  ].join(', ');
}

/** A sentence in which everything is known. */
function toReadable(says: string): string {
  return says
    .replace(/[[\]]/g, '')
    .replace('{said}', ': _the words of Kubernetes_.')
    .replace(/\{(\w+)\}/g, '_$1_');
}

function renderRecordings(): string {
  return [
    '### Recorded statuses',
    '',
    'They are in `test/execution/recorded`, and each is read as its row in every run of the unit tests.',
    '',
    renderTable(
      ['row', 'where it comes from'],
      RECORDINGS.map(({ proves, source }) => [`\`${proves}\``, source]),
    ),
  ].join('\n');
}

function renderDeadlines(): string {
  return [
    '### Deadlines',
    '',
    renderTable(
      ['deadline', 'its clock starts with', 'kept by'],
      Object.entries(DEADLINES).map(([kind, row]) => [kind, row.clockStart, row.enforcer]),
    ),
  ].join('\n');
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function count(number: number, noun: string): string {
  return number === 1 ? `a ${noun}` : `${number} ${noun}s`;
}
