import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { findReport } from '../../../src/kubernetes/report-frame.ts';

const report = { version: 1, executors: [], warnings: ['grüße ⛵'], complete: true };

function frame(value: unknown): string {
  const line = JSON.stringify(value);
  const sum = createHash('sha256').update(line).digest('hex');
  return `orrery-report 1 ${Buffer.byteLength(line)} ${sum}\n${line}\n`;
}

describe('findReport', () => {
  it('finds the report among other lines', () => {
    expect(findReport(`noise\n${frame(report)}more noise\n`)).toEqual(report);
  });

  it('takes the last of several', () => {
    const first = { ...report, complete: false };

    expect(findReport(frame(first) + frame(report))).toEqual(report);
  });

  it('takes the last that is whole', () => {
    expect(findReport(frame(report) + frame({ ...report, complete: false }).slice(0, -5))).toEqual(
      report,
    );
  });

  it.each([
    ['nothing', ''],
    ['only a head', `orrery-report 1 5 ${'0'.repeat(64)}\n`],
    ['a cut line', frame(report).slice(0, -3)],
    ['a changed character', frame(report).replace('complete', 'Complete')],
    ['another version of the frame', frame(report).replace('orrery-report 1', 'orrery-report 2')],
    ['another version of the report', frame({ ...report, version: 2 })],
    ['a text that is no JSON object', frame('version')],
    ['a head inside a line', ` ${frame(report)}`],
  ])('finds no report in %s', (_what, log) => {
    expect(findReport(log)).toBeUndefined();
  });
});
