import { ApplicationFailure } from '@temporalio/activity';

import type { Attempt, TaskFacts } from '../src/store/ports.ts';
import { podName } from '../src/tes/attempt.ts';
import { retryPolicyOf } from '../src/tes/backend-parameters.ts';
import { nextLook } from '../src/tes/next-look.ts';
import { provenDead } from '../src/tes/proven-dead.ts';
import { decide } from '../src/tes/retry.ts';
import { isFinal, type TaskState } from '../src/tes/state.ts';
import type { Verdict } from '../src/tes/verdict.ts';
import { rulesOf } from './attempt-rules.ts';
import { cleanUp } from './clean-up.ts';
import { gatherEvidence } from './gather-evidence.ts';
import type { ActivityPorts } from './index.ts';
import { judge } from './judge.ts';
import { lookAtPod, type PodLook } from './pod-look.ts';
import type { AttemptInput, SettleResult } from './results.ts';
import { unrecordedKind } from './unrecorded-pod.ts';

/**
 * Looks at the attempt's pod. Proven dead: classifies it, commits its end in one transaction and cleans up. Not
 * proven: says how long to wait, or why to delete the pod first. An attempt settled already is only cleaned up.
 */
export function createSettleAttempt(ports: ActivityPorts) {
  return async function settleAttempt(
    input: AttemptInput & { goneSince?: number },
  ): Promise<SettleResult> {
    const found = await findAdopted(ports, input);
    if (!found) {
      throw ApplicationFailure.nonRetryable(
        `attempt ${input.number} of task ${input.taskId} is not in the database`,
        'AttemptMissing',
      );
    }
    const { task, attempt } = found;
    const look = await lookAtPod(ports.pods, podName(input), attempt.podUid, attempt.nodeName);
    const dead = isDead(attempt, look);

    if (attempt.verdict !== undefined) {
      await cleanUp(ports, { attempt, look, dead });
      return resultOf(ports, found, { verdict: attempt.verdict, state: task.state });
    }
    await recordBinding(ports, attempt, look);
    if (!dead) {
      const rules = rulesOf(task.document, ports.rules);
      const facts = { ...look, task, attempt, rules, now: Date.now() };
      const next = nextLook({ ...facts, goneSince: input.goneSince });
      if (next.kind === 'delete') return next;
      if (next.kind === 'wait')
        return { ...next, ...(look.pod?.nodeName && { node: look.pod.nodeName }) };
    }
    return settle(ports, { task, attempt, look, dead });
  };
}

/** An attempt that has forgotten the pod that was let go for it, because Postgres was set back, gets to know it again. */
async function findAdopted({ installation, attempts, pods }: ActivityPorts, input: AttemptInput) {
  const { taskId, number } = input;
  const found = await attempts.find(taskId, number);
  if (found === undefined || found.attempt.podUid !== undefined) return found;
  const pod = await pods.get(podName(input));
  if (pod === undefined || unrecordedKind(pod, { ...input, installation }) !== 'forgotten') {
    return found;
  }
  await attempts.adoptUid(taskId, number, pod.uid);
  return attempts.find(taskId, number);
}

/** Everything known about an attempt whose end is due. */
interface Ending {
  readonly task: TaskFacts;
  readonly attempt: Attempt;
  readonly look: PodLook;
  readonly dead: boolean;
}

async function settle(ports: ActivityPorts, ending: Ending): Promise<SettleResult> {
  const { task, attempt } = ending;
  const evidence = await gatherEvidence(ports, ending);
  const retry = retryPolicyOf(task.document, ports.rules.retry);
  const settlement = judge({ ...ending, evidence, retry, now: new Date() });
  const stored = await ports.attempts.settle(task.id, attempt.number, settlement);
  await cleanUp(ports, ending);
  return resultOf(ports, ending, stored);
}

/** An attempt that is being closed before any uid was recorded never ran: its pod keeps its gate for ever. */
function isDead(attempt: Attempt, { pod, node }: PodLook): boolean {
  if (attempt.podUid === undefined) return attempt.intent !== undefined;
  return provenDead(pod, { ...attempt, deleteAsked: attempt.intent !== undefined }, node);
}

/** The Node's name and uid are the proof of last resort, so they are kept as soon as they are seen. */
async function recordBinding(
  { attempts }: ActivityPorts,
  attempt: Attempt,
  { pod, node }: PodLook,
): Promise<void> {
  if (attempt.nodeUid !== undefined || pod?.nodeName === undefined) return;
  if (node === undefined || node === 'gone') return;
  await attempts.recordNode(attempt.taskId, attempt.number, { name: node.name, uid: node.uid });
}

function resultOf(
  { rules }: ActivityPorts,
  { task, attempt }: Pick<Ending, 'task' | 'attempt'>,
  settled: { verdict: Verdict; state: TaskState },
): SettleResult {
  const reason = settled.verdict.code;
  if (isFinal(settled.state)) return { kind: 'done', state: settled.state, reason };
  const policy = retryPolicyOf(task.document, rules.retry);
  const decision = decide(settled.verdict, attempt.number, policy);
  return { kind: 'next', backoffMs: decision.kind === 'next' ? decision.backoffMs : 0, reason };
}
