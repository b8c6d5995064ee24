/** The collector's look: everything that is not as it should be. Changes nothing. */
import { podName } from '../tes/attempt.ts';
import type { PodObservation } from '../tes/observation.ts';
import { type NodeSight, provenDead } from '../tes/proven-dead.ts';
import type { CollectorPorts } from './collector-ports.ts';
import type { ClosedFound, DebtFound, Finding, OrphanFound } from './finding.ts';
import { orphanKind, orphanStep } from './orphan.ts';
import { attemptOf } from './watched-pods.ts';

type SurveyPorts = Pick<CollectorPorts, 'list' | 'pods' | 'rows' | 'workflows' | 'now'>;
type NodeLook = (name: string | undefined) => Promise<NodeSight>;

const DEBTS_A_PAGE = 500;

/** Looks at all pods, all debts and the given tasks, whose workflows are said to be closed. */
export async function* survey(
  ports: SurveyPorts,
  suspects: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<Finding> {
  const node = onceEach(ports);
  const seenDebts = new Set<string>();
  for await (const page of ports.list.pages()) {
    for await (const orphan of orphansOf(ports, page, node)) {
      if (orphan.kind === 'debt') seenDebts.add(orphan.name);
      yield orphan;
    }
  }
  for await (const debt of debts(ports, node)) {
    if (!seenDebts.has(podName(debt.attempt))) yield debt;
  }
  for await (const taskId of suspects) {
    const isClosed = (await ports.workflows.describe(taskId)) === 'closed';
    if (isClosed) yield { what: 'closed', taskId, step: 'end' } satisfies ClosedFound;
  }
}

async function* orphansOf(
  { rows, workflows, now }: SurveyPorts,
  page: readonly PodObservation[],
  node: NodeLook,
): AsyncGenerator<OrphanFound> {
  // A pod with our label and no attempt in it was not made by us: it is left to whoever made it.
  const named = page.flatMap((pod) => {
    const attempt = attemptOf(pod);
    return attempt ? [{ pod, attempt }] : [];
  });
  const sights = await rows.sight(named.map(({ attempt }) => attempt));
  for (const [index, { pod, attempt }] of named.entries()) {
    const sight = sights[index] ?? {};
    const kind = orphanKind(pod, sight, now());
    if (kind === undefined) continue;
    const workflow = await workflows.describe(attempt.taskId);
    const facts = { pod, sight, workflow, node: await node(sight.attempt?.nodeName) };
    const { taskId } = attempt;
    const { name, uid } = pod;
    yield { what: 'orphan', taskId, attempt, name, uid, kind, step: orphanStep(kind, facts) };
  }
}

/** Debts by their Nodes alone: the proof that remains when the pod itself is gone. */
async function* debts({ rows }: SurveyPorts, node: NodeLook): AsyncGenerator<DebtFound> {
  for (let after, page; page === undefined || page.length === DEBTS_A_PAGE; after = page.at(-1)) {
    page = await rows.listDebts(after, DEBTS_A_PAGE);
    for (const debt of page) {
      const { taskId, number, podUid } = debt;
      const facts = { ...debt, deleteAsked: true };
      const isDead = provenDead(undefined, facts, await node(debt.nodeName));
      const attempt = { taskId, number };
      yield { what: 'debt', taskId, attempt, podUid, step: isDead ? 'mark' : 'wait' };
    }
  }
}

/** Many pods share a Node: each is asked for once a survey. */
function onceEach({ pods }: SurveyPorts): NodeLook {
  const known = new Map<string, Promise<NodeSight>>();
  return async (name) => {
    if (name === undefined) return undefined;
    const asked = known.get(name) ?? pods.node(name);
    known.set(name, asked);
    return asked;
  };
}
