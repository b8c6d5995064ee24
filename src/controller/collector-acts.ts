/** The collector's acts. Each looks again at row, pod, workflow and Node itself: what a survey found may be old. */
import { podName } from '../tes/attempt.ts';
import { provenDead } from '../tes/proven-dead.ts';
import type { CollectorPorts } from './collector-ports.ts';
import type { ClosedFound, DebtFound, Finding, OrphanFound } from './finding.ts';
import { isOrphanDead, orphanKind, orphanStep, type PodFacts } from './orphan.ts';

/** `passed`: it is not any more as it was found, so nothing was done. `begun`: the proof of death is awaited. */
export type Outcome = 'done' | 'begun' | 'passed';

/** Must hold immediately before each write: we may write, and the engines are ours. */
export async function guard({
  fence,
  recognise,
}: Pick<CollectorPorts, 'fence' | 'recognise'>): Promise<void> {
  await recognise();
  await fence.check();
}

/** Does what a finding asks for, if it still does. */
export async function act(ports: CollectorPorts, finding: Finding): Promise<Outcome> {
  switch (finding.what) {
    case 'orphan':
      return removeOrphan(ports, finding);
    case 'debt':
      return markDebt(ports, finding);
    case 'closed':
      return endTask(ports, finding);
  }
}

async function removeOrphan(ports: CollectorPorts, found: OrphanFound): Promise<Outcome> {
  const facts = await look(ports, found);
  const kind = facts && orphanKind(facts.pod, facts.sight, ports.now());
  if (facts === undefined || kind === undefined) return 'passed';
  const step = orphanStep(kind, facts);
  if (step === 'wait' || step === 'leave') return 'passed';

  await guard(ports);
  if (step === 'settle') return settle(ports, found);
  // A gated pod has nothing that could use its grace.
  await ports.pods.delete(found.name, found.uid, facts.pod.gated ? 0 : undefined);

  const now = await look(ports, found);
  if (now === undefined) return kind === 'debt' ? 'begun' : 'done';
  if (!isOrphanDead(now, true)) return 'begun';
  await guard(ports);
  // Written down first: a finalizer released without it would take the proof away with the pod.
  if (kind === 'debt') await mark(ports, found);
  await ports.pods.release(found.name, found.uid);
  return 'done';
}

async function settle(ports: CollectorPorts, { attempt }: OrphanFound): Promise<Outcome> {
  await ports.removePod({ ...attempt, intent: { kind: 'clean-up' } });
  const settled = await ports.settleAttempt(attempt);
  return settled.kind === 'done' || settled.kind === 'next' ? 'done' : 'begun';
}

async function markDebt(ports: CollectorPorts, found: DebtFound): Promise<Outcome> {
  const [sight] = await ports.rows.sight([found.attempt]);
  const debt = sight?.attempt;
  if (debt?.stage !== 'settled' || debt.provenDead || debt.podUid !== found.podUid) return 'passed';
  const pod = await ports.pods.get(podName(found.attempt));
  if (pod?.uid === found.podUid) return 'passed';
  const node = debt.nodeName === undefined ? undefined : await ports.pods.node(debt.nodeName);
  if (!provenDead(undefined, { ...debt, deleteAsked: true }, node)) return 'passed';

  await guard(ports);
  await mark(ports, found);
  return 'done';
}

async function endTask(ports: CollectorPorts, { taskId }: ClosedFound): Promise<Outcome> {
  if ((await ports.workflows.describe(taskId)) !== 'closed') return 'passed';
  await guard(ports);
  return (await ports.endClosed(taskId)) ? 'done' : 'begun';
}

async function mark(
  { attempts }: CollectorPorts,
  { attempt: { taskId, number } }: OrphanFound | DebtFound,
): Promise<void> {
  await attempts.markProvenDead(taskId, number);
}

/** Undefined when the pod of this uid is not there any more. */
async function look(
  { pods, rows, workflows }: CollectorPorts,
  { attempt, name, uid }: OrphanFound,
): Promise<PodFacts | undefined> {
  const [sight = {}] = await rows.sight([attempt]);
  const workflow = await workflows.describe(attempt.taskId);
  const pod = await pods.get(name);
  if (pod?.uid !== uid) return undefined;
  const nodeName = sight.attempt?.nodeName;
  const node = nodeName === undefined ? undefined : await pods.node(nodeName);
  return { pod, sight, workflow, node };
}
