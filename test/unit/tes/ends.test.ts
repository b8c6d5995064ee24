import { describe, expect, it } from '@jest/globals';

import type { EndRow } from '../../../src/tes/end-row.ts';
import { endVerdict } from '../../../src/tes/end-verdict.ts';
import { END_CHAPTERS, ENDS, type EndWay } from '../../../src/tes/ends.ts';
import { STAGE_FAILURES } from '../../../src/tes/report.ts';

const WAYS = Object.keys(ENDS) as EndWay[];
const ROWS: readonly EndRow[] = Object.values(ENDS);

const FACTS = {
  executor: 'Executor 0 (image busybox:1)',
  exitCode: 137,
  signal: '9 (SIGKILL)',
  memory: '2 GB',
  disk: '1 GB',
  image: 'busybox:1',
  container: 'executor-0',
  stage: 'Executor 0 (image busybox:1)',
  restarts: 6,
  lastEnd: '1 (Error)',
  pod: 'orrery-task-1',
  node: 'node1',
  facts: 'phase Failed',
  activity: 'ensurePod',
  said: 'So it is',
};

describe('the table of ends', () => {
  it.each(WAYS)('has a whole sentence for %s, whatever is known', (way) => {
    for (const facts of [{}, FACTS]) {
      expect(endVerdict(way, facts).message).toMatch(/^\S[^{}[\]]*[.!?…]$/);
    }
  });

  it.each(WAYS)('leaves no fact out of the sentence for %s', (way) => {
    const named = Array.from(ENDS[way].says.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? '');
    const { message } = endVerdict(way, FACTS);
    for (const name of named) expect(message).toContain(String(FACTS[name as keyof typeof FACTS]));
  });

  it('gives a code one class, also where several rows have it', () => {
    const classes = new Map(ROWS.map((row) => [row.code, row.class]));
    for (const row of ROWS)
      expect(`${row.code} ${row.class}`).toBe(`${row.code} ${classes.get(row.code) ?? ''}`);
  });

  it('has a row for each failure that a stage knows', () => {
    expect(WAYS).toEqual(expect.arrayContaining([...STAGE_FAILURES]));
  });

  it('has each row in one chapter', () => {
    const chapters: readonly object[] = Object.values(END_CHAPTERS);
    expect(chapters.flatMap((rows) => Object.keys(rows)).toSorted()).toEqual(WAYS.toSorted());
  });

  it('tries only infrastructure again, and not what may have run or may still run', () => {
    const retried = WAYS.filter((way) => endVerdict(way).retryable);
    expect(retried.every((way) => ENDS[way].class === 'infrastructure')).toBe(true);
    expect(retried).not.toEqual(expect.arrayContaining(['unproven']));
    expect(retried).not.toEqual(expect.arrayContaining(['recordLost']));
    expect(retried).toEqual(expect.arrayContaining(['nodeLost', 'drained', 'containerKilled']));
  });
});
