import { ApplicationFailure } from '@temporalio/activity';

import type { PodPlan } from '../src/kubernetes/ports.ts';
import type { Opening } from '../src/store/ports.ts';
import { podName } from '../src/tes/attempt.ts';
import { firstLookInMs } from '../src/tes/next-look.ts';
import { rulesOf } from './attempt-rules.ts';
import type { ActivityPorts } from './index.ts';
import type { EnsureResult } from './results.ts';
import { discardUnstarted, ForeignPodError, unrecordedKind } from './unrecorded-pod.ts';

const LOOK_AGAIN_AT_DEBTS_MS = 30_000;

/**
 * Makes sure that the task's open attempt has its one pod, and that this pod may run. Safe at any interruption
 * and when a paused twin wakes up: a pod whose uid was not recorded keeps its gate and never runs.
 */
export function createEnsurePod(ports: ActivityPorts) {
  return async function ensurePod({ taskId }: { taskId: string }): Promise<EnsureResult> {
    const opening = await ports.attempts.open(taskId);
    switch (opening.kind) {
      case 'missing':
        throw ApplicationFailure.nonRetryable(
          `task ${taskId} is not in the database`,
          'TaskMissing',
        );
      case 'final':
        return {
          kind: 'final',
          state: opening.state,
          ...(opening.attempt && { number: opening.attempt.number }),
        };
      case 'unproven':
        return { kind: 'unproven', wakeInMs: LOOK_AGAIN_AT_DEBTS_MS };
      case 'cancel-asked':
        return closeCanceled(ports, taskId, opening);
      case 'open':
        return (await ensurePodOf(ports, opening)) ?? ensurePod({ taskId });
    }
  };
}

async function closeCanceled(
  { attempts }: ActivityPorts,
  taskId: string,
  opening: Extract<Opening, { kind: 'cancel-asked' }>,
): Promise<EnsureResult> {
  if (opening.attempt) return { kind: 'remove', number: opening.attempt.number };
  await attempts.end(taskId, 'CANCELED', 'canceled while it had no pod');
  return { kind: 'final', state: 'CANCELED' };
}

/** Undefined when the row changed under our feet: the opening has to be asked for again. */
async function ensurePodOf(
  ports: ActivityPorts,
  { task, attempt }: Extract<Opening, { kind: 'open' }>,
): Promise<EnsureResult | undefined> {
  const ref = { taskId: task.id, number: attempt.number };
  const lookNow: EnsureResult = { kind: 'ready', number: ref.number, wakeInMs: 0 };
  const rules = rulesOf(task.document, ports.rules);
  const wakeInMs = firstLookInMs({ task, attempt, rules, now: Date.now() });
  if (attempt.intent !== undefined || wakeInMs <= 0) return lookNow;

  const ready: EnsureResult = { ...lookNow, wakeInMs };
  if (attempt.podUid !== undefined) {
    await ports.pods.liftGate(podName(ref), attempt.podUid);
    return ready;
  }

  const plan: PodPlan = { installation: ports.installation, ...ref, document: task.document };
  const made = await makePod(ports, plan);
  switch (made) {
    case 'let-go':
      return ready;
    case 'adopted':
    case 'refused':
      return lookNow;
    case 'outdated':
      return undefined;
  }
}

/**
 * `let-go`: it may run now. `adopted`: it may have run before. `refused`: that is written down as the reason to end the
 * attempt. `outdated`: the row changed meanwhile.
 */
async function makePod(
  { attempts, pods }: ActivityPorts,
  plan: PodPlan,
): Promise<'let-go' | 'adopted' | 'refused' | 'outdated'> {
  const { taskId, number } = plan;
  const refuse = async (message: string): Promise<'refused'> => {
    await attempts.recordIntent(taskId, number, {
      kind: 'trouble',
      code: 'PodRefused',
      message,
      final: true,
    });
    return 'refused';
  };

  const made = await pods.createGated(plan);
  if (made.kind === 'refused') return refuse(made.message);
  switch (unrecordedKind(made.pod, plan)) {
    case 'foreign':
      throw new ForeignPodError(made.pod);
    case 'forgotten':
      return (await attempts.adoptUid(taskId, number, made.pod.uid)) ? 'adopted' : 'outdated';
    case 'unstarted':
  }
  const discard = async (): Promise<void> => {
    // One that a twin has recorded meanwhile runs, and ends in the usual way.
    if (!(await attempts.discardUid(taskId, number, made.pod.uid))) return;
    await discardUnstarted(pods, made.pod);
  };
  if (made.pod.deletedAt !== undefined || !pods.matches(made.pod, plan)) {
    await discard();
    return 'outdated';
  }

  const secrets = await pods.ensureSecrets(plan, made.pod.uid);
  if (secrets.kind === 'refused') {
    await discard();
    return refuse(secrets.message);
  }

  if (!(await attempts.recordUid(taskId, number, made.pod.uid))) {
    await discard();
    return 'outdated';
  }
  await pods.liftGate(made.pod.name, made.pod.uid);
  return 'let-go';
}
