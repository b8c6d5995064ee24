import { setTimeout as pause } from 'node:timers/promises';

import type { Attempt, TaskFacts } from '../src/store/ports.ts';
import { podName } from '../src/tes/attempt.ts';
import { retryPolicyOf } from '../src/tes/backend-parameters.ts';
import type { Evidence } from '../src/tes/evidence.ts';
import { toLimitBytes } from '../src/tes/gigabytes.ts';
import type { Report } from '../src/tes/report.ts';
import { toDate } from '../src/tes/times.ts';
import type { ActivityPorts } from './index.ts';
import type { PodLook } from './pod-look.ts';

const REPORT_TRIES = 3;
const REPORT_PAUSE_MS = 500;

/** How long a node that has reported an end may take to hand over the report: a kubelet that starts anew takes seconds. */
const REPORT_PATIENCE_MS = 10 * 60_000;

/** Collects what the end of an attempt is judged by: the pod, its Node, the intent, and the report of `outputs`. */
export async function gatherEvidence(
  { pods, rules }: ActivityPorts,
  { task, attempt, look }: { task: TaskFacts; attempt: Attempt; look: PodLook },
): Promise<Evidence> {
  const { executors, resources } = task.document;
  const memoryLimitBytes = toLimitBytes(resources?.ram_gb ?? rules.defaultRamGb);
  return {
    executors: executors.map(({ image, ignore_error }) => ({
      image,
      ignoreError: ignore_error ?? false,
      memoryLimitBytes,
    })),
    ...look,
    diskLimitBytes: toLimitBytes(resources?.disk_gb ?? rules.defaultDiskGb),
    refusal: task.waiting,
    report: hasReported(look) ? await readReport(pods, podName(attempt), look) : undefined,
    intent: attempt.intent,
    oomKilled: new Set(attempt.oomKilled),
    preemptible: resources?.preemptible ?? false,
    retriesOn: retryPolicyOf(task.document, rules.retry).maxAttempts > 1,
  };
}

/** Only `outputs` prints a report, and only when it ended. */
function hasReported({ pod }: PodLook): boolean {
  return pod?.containers.at(-1)?.state.kind === 'terminated';
}

/**
 * A report may be readable a moment later than the end of its container; one that stays lost is settled without. A node
 * that cannot be asked is asked again by the next try of the activity, until it is too late for that.
 */
async function readReport(
  pods: ActivityPorts['pods'],
  name: string,
  look: PodLook,
): Promise<Report | undefined> {
  for (let tries = 1; ; tries += 1) {
    const report = await pods.readReport(name).catch(async (error: unknown) => {
      if (await mayBeAnswered(pods, look)) throw error;
      return undefined;
    });
    if (report !== undefined || tries === REPORT_TRIES) return report;
    await pause(REPORT_PAUSE_MS);
  }
}

async function mayBeAnswered(pods: ActivityPorts['pods'], { pod }: PodLook): Promise<boolean> {
  const state = pod?.containers.at(-1)?.state;
  const endedAt = state?.kind === 'terminated' ? toDate(state.finishedAt) : undefined;
  if (Date.now() - (endedAt?.getTime() ?? 0) >= REPORT_PATIENCE_MS) return false;
  return pod?.nodeName === undefined || (await pods.node(pod.nodeName)) !== 'gone';
}
