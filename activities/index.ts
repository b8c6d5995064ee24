/** The activities of `runTask`, made from the ports they act on. */
import type { PodGateway } from '../src/kubernetes/ports.ts';
import type { AttemptStore } from '../src/store/ports.ts';
import type { AttemptRules } from './attempt-rules.ts';
import { createAwaitPod } from './await-pod.ts';
import { createEnsurePod } from './ensure-pod.ts';
import { createRecordWish } from './record-wish.ts';
import { createRemovePod } from './remove-pod.ts';
import { createSettleAttempt } from './settle-attempt.ts';

/** What the activities act on and by which rules. */
export interface ActivityPorts {
  readonly installation: string;
  readonly attempts: AttemptStore;
  readonly pods: PodGateway;
  readonly rules: AttemptRules;
}

/** Builds the activities; each is level-triggered and safe to run twice at once. */
export function createActivities(ports: ActivityPorts) {
  return {
    ensurePod: createEnsurePod(ports),
    awaitPod: createAwaitPod(ports),
    settleAttempt: createSettleAttempt(ports),
    removePod: createRemovePod(ports),
    recordWish: createRecordWish(ports),
  };
}

export type Activities = ReturnType<typeof createActivities>;
