/** What proves each row of the table of ends: a case, a recorded status, or a test elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Node, Pod } from '../../src/kubernetes/objects.ts';
import type { EndWay } from '../../src/tes/ends.ts';
import type { Report } from '../../src/tes/report.ts';
import type { FinalState } from '../../src/tes/state.ts';
import type { Intent } from '../../src/tes/verdict.ts';
import { CHAPTERS } from './chapters.ts';

/** An end as it was seen once, for what the private cluster cannot produce. */
export interface Recording {
  readonly proves: EndWay;
  /** Where and how it was recorded. */
  readonly source: string;
  readonly pod?: Pod;
  readonly node?: Node;
  readonly intent?: Intent;
  readonly report?: Report;
  readonly state: FinalState;
  /** A part of the sentence. */
  readonly reason: string;
}

const FOLDER = join(import.meta.dirname, 'recorded');

/** All recordings, by file name. */
export const RECORDINGS: readonly Recording[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .toSorted()
  .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recording);

/** Rows that are about Orrery itself and no pod, and the test that proves them. */
const PROVEN_ELSEWHERE: Partial<Record<EndWay, string>> = {
  internalError: 'test/integration/activities/give-up.test.ts',
};

/** How a row is proven. */
export interface Proof {
  readonly cases: number;
  readonly recordings: number;
  readonly elsewhere?: string;
}

/** The proof of a row; undefined when there is none. */
export function proofOf(way: EndWay): Proof | undefined {
  const cases = CHAPTERS.flatMap((chapter) => chapter.cases).filter(({ proves }) => proves === way);
  const recordings = RECORDINGS.filter(({ proves }) => proves === way);
  const elsewhere = PROVEN_ELSEWHERE[way];
  if (cases.length + recordings.length === 0 && elsewhere === undefined) return undefined;
  return {
    cases: cases.length,
    recordings: recordings.length,
    ...(elsewhere !== undefined && { elsewhere }),
  };
}
