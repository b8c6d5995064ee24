/** Everything outside the task that ends a pod, as one table: how it shows, and what the user is told. */
import type { Evidence } from './evidence.ts';
import type { PodObservation } from './observation.ts';
import { isNodeLost } from './pod-state.ts';
import { hasEnded } from './proven-dead.ts';
import { quote } from './sentences.ts';
import type { Verdict, VerdictClass } from './verdict.ts';
import { badTask, deadline, infrastructure } from './verdicts.ts';

interface DisruptionRow {
  readonly code: string;
  readonly shows: (pod: PodObservation) => boolean;
  readonly says: string;
  readonly class?: Extract<VerdictClass, 'bad-task' | 'deadline'>;
  /** The system took the capacity back: PREEMPTED for those who asked for that. */
  readonly takesCapacity?: true;
}

/** Kubelet texts of a pod that broke its own limits, unlike one that a short node had to give up. */
const OWN_DISK_LIMIT = /exceeds the (total )?limit|exceeded its local ephemeral storage limit/i;

/** Reasons with which a kubelet refuses a pod that the scheduler gave it. */
const REFUSAL =
  /^(OutOf.+|NodeAffinity|NodePorts|NodeName|TaintToleration|UnexpectedAdmissionError|AppArmor|Preempted.*Admission|PodOSNotSupported|InvalidNodeInfo)$/;

/** First row that shows decides. */
const ROWS: readonly DisruptionRow[] = [
  {
    code: 'DiskLimitExceeded',
    shows: ({ reason, message }) => reason === 'Evicted' && OWN_DISK_LIMIT.test(message ?? ''),
    says: 'The task used more disk space than it asked for with resources.disk_gb',
    class: 'bad-task',
  },
  {
    code: 'Evicted',
    shows: ({ reason }) => reason === 'Evicted',
    says: 'The node ran short of a resource and evicted the task',
  },
  {
    code: 'DeadlineExceeded',
    shows: ({ reason }) => reason === 'DeadlineExceeded',
    says: 'The pod ran longer than it may (activeDeadlineSeconds)',
    class: 'deadline',
  },
  {
    code: 'Preempted',
    shows: ({ reason, disruption }) =>
      reason === 'Preempting' || disruption === 'PreemptionByScheduler',
    says: 'A pod of higher priority took the place of the task',
    takesCapacity: true,
  },
  {
    code: 'NodeShutdown',
    shows: ({ reason }) =>
      reason === 'Terminated' || reason === 'NodeShutdown' || reason === 'Shutdown',
    says: 'The node was shut down',
    takesCapacity: true,
  },
  {
    code: 'NodeLost',
    shows: ({ reason, disruption }) => reason === 'NodeLost' || disruption === 'DeletionByPodGC',
    says: 'The node of the task is gone',
    takesCapacity: true,
  },
  {
    code: 'NodeTainted',
    shows: ({ disruption }) => disruption === 'DeletionByTaintManager',
    says: 'The node of the task became unreachable or was withdrawn by a taint',
    takesCapacity: true,
  },
  {
    code: 'Drained',
    shows: ({ disruption }) => disruption === 'EvictionByEvictionAPI',
    says: 'The pod was evicted through the Kubernetes API, as when a node is drained',
    takesCapacity: true,
  },
  {
    code: 'NodeRefused',
    shows: ({ reason }) => REFUSAL.test(reason ?? ''),
    says: 'The node refused the pod that the scheduler gave it',
  },
  {
    code: 'Evicted',
    shows: ({ disruption }) => disruption !== undefined,
    says: 'Kubernetes ended the pod',
  },
];

const NODE_LOST: Omit<DisruptionRow, 'shows'> = {
  code: 'NodeLost',
  says: 'The node of the task does not answer, is gone or is out of service',
  takesCapacity: true,
};

const POD_DELETED: Omit<DisruptionRow, 'shows'> = {
  code: 'PodDeleted',
  says: 'The pod was deleted by someone else before its work was done',
};

const POD_REMOVED: Omit<DisruptionRow, 'shows'> = {
  code: 'PodRemoved',
  says: 'Orrery removed the pod before its work was done',
};

/**
 * The verdict on a pod that did not end by itself, or undefined when nothing disturbed it. A Node counts only while
 * the pod's own end is not known: what happens to it later changes nothing.
 */
export function disruptionVerdict(evidence: Evidence): Verdict | undefined {
  const row = disruptionRow(evidence);
  if (row === undefined) return undefined;
  const { pod } = evidence;
  const where = pod?.nodeName === undefined ? '' : ` (node ${pod.nodeName})`;
  const finding = { code: row.code, message: `${row.says}${where}${quote(pod?.message)}` };

  if (row.class === 'bad-task') return badTask(finding);
  if (row.class === 'deadline') return deadline(finding);
  const verdict = infrastructure(finding);
  const isPreemption = row.takesCapacity === true && evidence.preemptible && !evidence.retriesOn;
  return isPreemption ? { ...verdict, state: 'PREEMPTED' } : verdict;
}

function disruptionRow(evidence: Evidence): Omit<DisruptionRow, 'shows'> | undefined {
  const { pod, node, intent } = evidence;
  const deleted = intent === undefined ? POD_DELETED : POD_REMOVED;
  if (pod === undefined) return node === 'gone' ? NODE_LOST : deleted;
  const row = ROWS.find(({ shows }) => shows(pod));
  if (row !== undefined) return row;
  if (!hasEnded(pod) && isNodeLost(pod, node)) return NODE_LOST;
  return pod.deletedAt === undefined ? undefined : deleted;
}
