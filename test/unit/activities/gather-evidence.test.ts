import { describe, expect, it } from '@jest/globals';

import { gatherEvidence } from '../../../activities/gather-evidence.ts';
import type { ActivityPorts } from '../../../activities/index.ts';
import type { Report } from '../../../src/tes/report.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { aFinishedPod, aReport, NODE, ranTo } from '../../support/observations.ts';

const rules = { defaultRamGb: 1, defaultDiskGb: 1, retry: { maxAttempts: 3, backoffMs: 1_000 } };
const document: TaskDocument = { executors: [{ image: 'busybox:1', command: ['true'] }] };
const task = {
  id: 'task',
  state: 'RUNNING',
  createdAt: new Date(),
  document,
  warnings: [],
} as const;
const attempt = { taskId: 'task', number: 1, openedAt: new Date(), oomKilled: [] };

/** Gathers what is known of a pod that has ended, whose node answers in this way, and counts how often it is asked. */
async function gatherWith(answers: readonly (Report | undefined)[]) {
  let asked = 0;
  const pods = { readReport: () => Promise.resolve(answers[asked++]) };
  const look = { pod: aFinishedPod([ranTo(0)]), node: NODE };
  const ports = { pods, rules } as unknown as ActivityPorts;
  const { report } = await gatherEvidence(ports, { task, attempt, look });
  return { report, asked };
}

describe('the report of a pod that has ended', () => {
  it('is asked for once when it is there', async () => {
    await expect(gatherWith([aReport()])).resolves.toEqual({ report: aReport(), asked: 1 });
  });

  it('is taken when it is there at the third look', async () => {
    const late = [undefined, undefined, aReport()];
    await expect(gatherWith(late)).resolves.toEqual({ report: aReport(), asked: 3 });
  });

  it('is asked for three times, and then done without', async () => {
    await expect(gatherWith([])).resolves.toEqual({ report: undefined, asked: 3 });
  });
});
