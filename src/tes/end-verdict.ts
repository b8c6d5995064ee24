/** From a row of the table of ends to a verdict with a whole sentence. */
import type { EndRow } from './end-row.ts';
import { ENDS, type EndWay } from './ends.ts';
import { quote } from './sentences.ts';
import type { FinalState } from './state.ts';
import type { Verdict, VerdictClass } from './verdict.ts';

/** What a sentence may name. Sizes and codes as they are to be read. */
export interface EndFacts {
  readonly executor?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly memory?: string | undefined;
  readonly disk?: string | undefined;
  readonly image?: string | undefined;
  readonly container?: string | undefined;
  readonly stage?: string | undefined;
  readonly restarts?: number | undefined;
  readonly lastEnd?: string | undefined;
  readonly pod?: string | undefined;
  readonly node?: string | undefined;
  readonly facts?: string | undefined;
  readonly activity?: string | undefined;
  /** The words of Kubernetes. */
  readonly said?: string | undefined;
}

/** A stable code and one sentence. */
export interface Finding {
  readonly code: string;
  readonly message: string;
}

/** The state in which a task ends when its last attempt ends with this class. */
export const STATE_OF: Readonly<Record<VerdictClass, FinalState>> = {
  success: 'COMPLETE',
  canceled: 'CANCELED',
  'executor-failure': 'EXECUTOR_ERROR',
  'bad-task': 'SYSTEM_ERROR',
  infrastructure: 'SYSTEM_ERROR',
  deadline: 'SYSTEM_ERROR',
};

/** True when an attempt that ended this way may be followed by another one. */
function isRetryable(row: Pick<EndRow, 'class' | 'final'>): boolean {
  return row.class === 'infrastructure' && row.final !== true;
}

/** The verdict of a row. */
export function endVerdict(way: EndWay, facts: EndFacts = {}): Verdict {
  const row: EndRow = ENDS[way];
  return {
    class: row.class,
    code: row.code,
    message: sentenceOf(way, facts),
    state: STATE_OF[row.class],
    retryable: isRetryable(row),
  };
}

/** Code and sentence of a row, for an end whose class is decided elsewhere. */
export function endFinding(way: EndWay, facts: EndFacts): Finding {
  return { code: ENDS[way].code, message: sentenceOf(way, facts) };
}

/** A verdict on a finding that was made and stored before the pod was deleted for it. */
export function verdictOf(
  kind: Extract<VerdictClass, 'bad-task' | 'infrastructure'>,
  finding: Finding,
): Verdict {
  return {
    class: kind,
    ...finding,
    state: STATE_OF[kind],
    retryable: isRetryable({ class: kind }),
  };
}

function sentenceOf(way: EndWay, facts: EndFacts): string {
  const known = (name: string): string | undefined => {
    const fact = facts[name as keyof EndFacts];
    return fact === undefined ? undefined : String(fact);
  };
  return ENDS[way].says
    .replace(/\[([^\]]*)\]/g, (_, part: string) =>
      placesOf(part).every((name) => known(name) !== undefined) ? part : '',
    )
    .replace(/\{(\w+)\}/g, (_, name: string) =>
      name === 'said' ? quote(facts.said) : (known(name) ?? 'unknown'),
    );
}

function placesOf(part: string): string[] {
  return Array.from(part.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? '');
}
