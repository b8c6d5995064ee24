import { describe, expect, it } from '@jest/globals';

import { fateImage, type FateWord, stdoutOf } from '../../../deploy/local/simulated-nodes/fate.ts';
import { type ReportingPod, reportLog } from '../../../deploy/local/simulated-nodes/report.ts';
import { findReport } from '../../../src/kubernetes/report-frame.ts';

const TIMES = { startedAt: '2026-11-21T15:00:00Z', finishedAt: '2026-11-21T15:00:01Z' };

const anEnd = (record: object) => ({
  state: { terminated: { exitCode: 0, message: JSON.stringify(record), ...TIMES } },
});

/** A pod whose stages have all ended, with these records of its executors. */
const anEndedPod = (
  fate: FateWord,
  executors: readonly object[] = [{ exitCode: 0 }],
): ReportingPod => ({
  metadata: { name: 'p', labels: { 'orrery.dev/attempt': '1' } },
  spec: { initContainers: [{ image: 'shim' }, { image: fateImage(fate) }] },
  status: {
    initContainerStatuses: [anEnd({ files: 0 }), ...executors.map(anEnd)],
    containerStatuses: [anEnd({ complete: true })],
  },
});

describe('the report of a simulated pod', () => {
  it('is framed as the server reads it and says what the containers said, with their output', () => {
    const pod = anEndedPod('exit-7', [{ exitCode: 7 }, { skipped: true }]);
    expect(findReport(reportLog(pod))).toMatchObject({
      inputs: { files: 0 },
      executors: [
        { index: 0, exitCode: 7, stdout: stdoutOf('p', 0) },
        { index: 1, skipped: true },
      ],
      ...{ complete: true, startedAt: TIMES.startedAt, endedAt: TIMES.finishedAt },
    });
  });

  it('is absent while outputs runs and where the fate says that it is lost', () => {
    const running = { ...anEndedPod('ok'), status: { containerStatuses: [{ state: {} }] } };
    expect(reportLog(running)).toBe('');
    expect(reportLog(anEndedPod('lost-report'))).toBe('');
    expect(reportLog(anEndedPod('lost-records'))).toBe('');
  });

  it('is lost in the first attempt only where the fate says so', () => {
    const pod = anEndedPod('first-lost-report');
    const second = { metadata: { name: 'p', labels: { 'orrery.dev/attempt': '2' } } };
    expect(reportLog(pod)).toBe('');
    expect(findReport(reportLog({ ...pod, ...second }))).toBeDefined();
  });
});

describe('fateImage', () => {
  it('writes the words into the tag', () => {
    expect(fateImage('first-evicted', 'run-2s', 'exit-7')).toBe(
      'orrery.local/fate:first-evicted.run-2s.exit-7',
    );
    expect(fateImage()).toBe('orrery.local/fate:ok');
  });

  it('refuses a word that no simulated node knows', () => {
    expect(() => fateImage('runs-2s' as FateWord)).toThrow(/runs-2s is none/);
  });
});
