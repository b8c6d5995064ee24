interface GoEvent {
  Action: string;
  Package?: string;
  Test?: string;
  Output?: string;
}

export interface GoCounts {
  passed: number;
  failed: number;
  skipped: number;
  /** What a person wants to read: one line a package, and the output of what failed. */
  text: string;
}

const ENDS: readonly string[] = ['pass', 'fail', 'skip'];

/** Counts the tests in the output of `go test -json`, subtests included. */
export function parseGoEvents(output: string): GoCounts {
  const events = output.split('\n').flatMap(parseLine);
  const outputs = new Map<string, string>();
  for (const event of events)
    outputs.set(keyOf(event), (outputs.get(keyOf(event)) ?? '') + (event.Output ?? ''));
  const count = (action: string): number =>
    events.filter((event) => event.Action === action && event.Test !== undefined).length;
  // A package that does not compile fails without a test.
  const broken = events.filter(
    (event) => event.Action === 'fail' && event.Test === undefined && !hasFailedTest(events, event),
  );
  const shown = events.filter(
    ({ Action, Test }) => Action === 'fail' || (Test === undefined && ENDS.includes(Action)),
  );
  return {
    passed: count('pass'),
    failed: count('fail') + broken.length,
    skipped: count('skip'),
    text: shown.map((event) => outputs.get(keyOf(event)) ?? '').join(''),
  };
}

/** The fuzz tests in the output of `go test -list`, which names the tests of a package before the package. */
export function parseFuzzTargets(output: string): { name: string; folder: string }[] {
  const targets: { name: string; folder: string }[] = [];
  let names: string[] = [];
  for (const line of output.split('\n')) {
    if (line.startsWith('Fuzz')) names.push(line);
    const folder = /^ok\s+(\S+)/.exec(line)?.[1];
    if (folder === undefined) continue;
    targets.push(...names.map((name) => ({ name, folder })));
    names = [];
  }
  return targets;
}

function hasFailedTest(events: readonly GoEvent[], { Package }: GoEvent): boolean {
  return events.some(
    (event) => event.Action === 'fail' && event.Package === Package && event.Test !== undefined,
  );
}

function keyOf({ Package, Test }: GoEvent): string {
  return `${Package ?? ''} ${Test ?? ''}`;
}

function parseLine(line: string): GoEvent[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as GoEvent];
  } catch {
    return [];
  }
}
