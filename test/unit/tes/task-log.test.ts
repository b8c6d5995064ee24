import { describe, expect, it } from '@jest/globals';

import { classify } from '../../../src/tes/classification.ts';
import type { Evidence } from '../../../src/tes/evidence.ts';
import { buildTaskLog } from '../../../src/tes/task-log.ts';
import {
  aFinishedPod,
  anUnscheduledPod,
  aPod,
  aReport,
  ended,
  evidence,
  forgiving,
  INPUTS_DONE,
  ranTo,
  recorded,
  RUNNING,
  SKIPPED,
} from '../../support/observations.ts';

function logOf(given: Evidence, warnings: readonly string[] = []) {
  return buildTaskLog({
    evidence: given,
    verdict: classify(given),
    attempt: 1,
    openedAt: new Date('2026-11-21T10:00:00Z'),
    settledAt: new Date('2026-11-21T10:05:00Z'),
    warnings,
  });
}

describe('buildTaskLog', () => {
  it('tells a whole successful attempt', () => {
    const pod = aFinishedPod([ranTo(0)]);
    const withDigest = {
      ...pod,
      containers: pod.containers.map((one) => ({ ...one, imageId: `${one.name}@sha256:1` })),
    };
    const report = aReport({
      outputs: [{ url: 'file:///out/a', path: '/work/a', sizeBytes: 2_500_000 }],
      warnings: ['No file matches /work/*.log.'],
    });

    expect(
      logOf(evidence({ pod: withDigest, report }), ['The parameter x is not supported.']),
    ).toEqual({
      logs: [
        {
          start_time: '2026-11-21T10:00:05.123Z',
          end_time: '2026-11-21T10:00:07.123Z',
          stdout: 'hi\n',
          stderr: '',
          exit_code: 0,
        },
      ],
      metadata: {
        pod: 'orrery-task-1',
        node: 'node1',
        'executor-0.image': 'busybox:1',
        'executor-0.image_id': 'executor-0@sha256:1',
      },
      start_time: '2026-11-21T10:00:01.000Z',
      end_time: '2026-11-21T10:00:10.000Z',
      outputs: [{ url: 'file:///out/a', path: '/work/a', size_bytes: '2500000' }],
      system_logs: [
        'The parameter x is not supported.',
        'Attempt 1: pod orrery-task-1 scheduled on node node1 at 2026-11-21T10:00:01.000Z after 1 s.',
        "Pod prepared in 1 s: volumes, network, Orrery's own image.",
        'Inputs done: 2 files, 1.54 kB in 1.5 s.',
        'Image busybox:1 of executor 0 ready in 1.62 s.',
        'Executor 0 ended with exit code 0 in 2 s.',
        'No file matches /work/*.log.',
        'Outputs done: 1 file, 2.5 MB in 1 s.',
        'Every executor has ended and the declared outputs are uploaded.',
      ],
    });
  });

  it('has one log for each executor that ran and none for those that were skipped', () => {
    const given = evidence({ pod: aFinishedPod([ranTo(0), ranTo(4), SKIPPED]) });
    expect(logOf(given).logs.map((log) => log.exit_code)).toEqual([0, 4]);
  });

  it('keeps the exit code of an executor whose errors are ignored', () => {
    const { logs, system_logs: story } = logOf(
      forgiving({ pod: aFinishedPod([ranTo(3), ranTo(0)]) }),
    );
    expect(logs.map((log) => log.exit_code)).toEqual([3, 0]);
    expect(story).toContain('Executor 0 ended with exit code 3 in 2 s (errors are ignored).');
  });

  it('gives a killed executor the exit code 137 and its reason', () => {
    const killed = {
      startedAt: '2026-11-21T10:00:05Z',
      endedAt: '2026-11-21T10:00:08Z',
      killed: true,
    };
    const oom = ended({ exitCode: 137, reason: 'OOMKilled' });
    const given = evidence({
      pod: aPod({
        executors: [{ state: recorded(killed), last: oom }],
        outputs: recorded({ complete: true }),
      }),
    });

    const { logs, system_logs: story } = logOf(given);
    expect(logs).toMatchObject([{ exit_code: 137, start_time: '2026-11-21T10:00:05.000Z' }]);
    expect(story).toContain(
      'Executor 0 was killed together with its container for its use of memory in 3 s.',
    );
    expect(story?.at(-1)).toMatch(/512 MB/);
  });

  it('takes the times of an executor that left no record from its status', () => {
    const pod = aPod(
      { executors: [ended({ exitCode: 137, reason: 'OOMKilled' })] },
      { phase: 'Failed' },
    );
    expect(logOf(evidence({ pod })).logs).toEqual([
      {
        start_time: '2026-11-21T10:00:05.000Z',
        end_time: '2026-11-21T10:00:07.000Z',
        exit_code: 137,
      },
    ]);
  });

  it('has no log of a command that had not begun when its container was asked to stop', () => {
    const pod = aPod({ executors: [ended({ exitCode: 143 })] }, { phase: 'Failed' });
    const intent = { kind: 'cancel' } as const;
    expect(logOf(evidence({ pod, intent })).logs).toEqual([]);
  });

  it('has no log of a command that could not be started, and none without an exit code', () => {
    const failure = { code: 'WorkdirUnusable', message: '/w is a file.' } as const;
    const unstarted = evidence({ pod: aFinishedPod([{ failure }]) });
    expect(logOf(unstarted).logs).toEqual([]);
    expect(logOf(unstarted).system_logs).toContain('Executor 0 could not be started.');
    expect(logOf(evidence({ pod: aPod({ executors: [RUNNING] }), node: 'gone' })).logs).toEqual([]);
  });

  it('says when the report is lost and goes by the statuses', () => {
    const {
      logs,
      outputs,
      system_logs: story,
    } = logOf(evidence({ pod: aFinishedPod([ranTo(0)]) }));
    expect(logs).toMatchObject([{ exit_code: 0 }]);
    expect(outputs).toEqual([]);
    expect(story?.some((line) => line.startsWith('The report of the outputs stage is lost'))).toBe(
      true,
    );
  });

  it('tells nothing of outputs when the inputs failed, because nothing ran', () => {
    const failure = { code: 'InputNotFound', message: 'No such input.' } as const;
    const report = aReport({ inputs: { ...INPUTS_DONE, failure }, executors: [] });
    const story = logOf(evidence({ report })).system_logs ?? [];
    expect(story.filter((line) => line.startsWith('Outputs'))).toEqual([]);
    expect(story).toContain('Inputs failed: 2 files, 1.54 kB in 1.5 s.');
  });

  it('keeps what a command that was asked to stop has put into its message, and says what is lost', () => {
    const message = { ...ranTo(143, { signal: 15, signalled: true }), stdout: 'half', stderr: 'x' };
    const pod = aPod({ executors: [recorded(message, 143)] }, { phase: 'Failed' });
    const { logs, system_logs: story } = logOf(evidence({ pod, intent: { kind: 'cancel' } }));
    expect(logs).toMatchObject([{ exit_code: 143, stdout: 'half', stderr: 'x' }]);
    expect(story?.at(-2)).toMatch(/^The pod ended before its outputs could be uploaded/);
  });

  it('says how much of a long list of outputs is shown', () => {
    const report = aReport({
      outputs: [{ url: 'u', path: 'p', sizeBytes: 1 }],
      outputsSummary: { files: 70_000, bytes: 5e9 },
    });
    expect(logOf(evidence({ report })).system_logs).toContain(
      'Outputs done: 70000 files, 5 GB in 1 s (the list shows 1 of them).',
    );
  });

  it('says that inputs and outputs failed, and the reason last', () => {
    const failure = { code: 'InputNotFound', message: 's3://b/k does not exist.' } as const;
    const report = aReport({
      inputs: { ...INPUTS_DONE, failure },
      executors: [{ index: 0, ...SKIPPED }],
      failure: { code: 'TransferFailed', message: 'No answer.' },
    });
    expect(logOf(evidence({ report })).system_logs).toEqual([
      'Inputs failed: 2 files, 1.54 kB in 1.5 s.',
      'Outputs failed: 0 files, 0 bytes in 1 s.',
      's3://b/k does not exist.',
    ]);
  });

  it('is complete for an attempt that never got a node or a pod', () => {
    const times = { start_time: '2026-11-21T10:00:00.000Z', end_time: '2026-11-21T10:05:00.000Z' };
    const intent = { kind: 'cancel' } as const;
    expect(logOf(evidence({ pod: anUnscheduledPod(), intent }))).toEqual({
      ...times,
      logs: [],
      outputs: [],
      metadata: { pod: 'orrery-task-1', 'executor-0.image': 'busybox:1' },
      system_logs: ['The task was canceled on request.'],
    });
    expect(logOf(evidence({ intent }))).toMatchObject({ ...times, metadata: {} });
  });

  it('never ends before it started, whatever the clocks of the nodes say', () => {
    const pod = aPod({
      executors: [ended({ finishedAt: '2026-11-21T09:00:00Z' })],
      inputs: ended({ finishedAt: '2026-11-21T09:00:00Z' }),
    });
    expect(logOf(evidence({ pod, intent: { kind: 'cancel' } })).end_time).toBe(
      '2026-11-21T10:00:01.000Z',
    );
  });
});
