/** The rows of the table of ends for everything that happens to a pod from outside. */
import type { EndRow } from './end-row.ts';

const ON_NODE = '[ (node {node})]{said}';

/** Ways in which Kubernetes, a node or somebody ends a pod. */
export const DISRUPTIONS = {
  diskLimit: {
    code: 'DiskLimitExceeded',
    class: 'bad-task',
    shows:
      'phase Failed, reason Evicted, and the kubelet names the limit of the volume scratch, which holds all files of the task',
    says: `The files of the task took more disk space than[ the {disk}] they may have by resources.disk_gb${ON_NODE}`,
  },
  podDiskLimit: {
    code: 'DiskLimitExceeded',
    class: 'bad-task',
    shows:
      'phase Failed, reason Evicted, and the kubelet names the limit of the whole pod, or of a container',
    says: `The task wrote more, directories of its images and logs included, than 1 GiB beside[ the {disk} of] resources.disk_gb${ON_NODE}`,
  },
  recordLimit: {
    code: 'RecordLimitExceeded',
    class: 'bad-task',
    shows: 'phase Failed, reason Evicted, and the kubelet names the limit of the volume records',
    says: `An executor filled /.orrery/record, which is not for files of tasks${ON_NODE}`,
  },
  memoryPressure: {
    code: 'Evicted',
    class: 'infrastructure',
    shows: 'phase Failed, reason Evicted, "The node was low on resource: memory"',
    says: `The node ran short of memory and evicted the task[ (node {node})], which says nothing about the task's own limit{said}`,
  },
  diskPressure: {
    code: 'Evicted',
    class: 'infrastructure',
    shows: 'phase Failed, reason Evicted, "The node was low on resource: ephemeral-storage"',
    says: `The node ran short of disk space and evicted the task[ (node {node})], which says nothing about the task's own limit{said}`,
  },
  nodePressure: {
    code: 'Evicted',
    class: 'infrastructure',
    shows:
      'phase Failed, reason Evicted, anything else: process ids, inodes, a condition of the node',
    says: `The node ran short of a resource and evicted the task${ON_NODE}`,
  },
  podDeadline: {
    code: 'DeadlineExceeded',
    class: 'deadline',
    shows: 'phase Failed, reason DeadlineExceeded: the pod had activeDeadlineSeconds',
    says: `The pod ran longer than it may by activeDeadlineSeconds${ON_NODE}`,
  },
  preempted: {
    code: 'Preempted',
    class: 'infrastructure',
    takesCapacity: true,
    shows:
      'condition DisruptionTarget, reason PreemptionByScheduler; or phase Failed, reason Preempting',
    says: `A pod of higher priority took the place of the task${ON_NODE}`,
  },
  nodeShutdown: {
    code: 'NodeShutdown',
    class: 'infrastructure',
    takesCapacity: true,
    shows: 'phase Failed, reason Terminated, NodeShutdown or Shutdown',
    says: `The node was shut down${ON_NODE}`,
  },
  nodeTainted: {
    code: 'NodeTainted',
    class: 'infrastructure',
    takesCapacity: true,
    shows: 'condition DisruptionTarget, reason DeletionByTaintManager',
    says: `The node of the task became unreachable or was withdrawn by a taint${ON_NODE}`,
  },
  drained: {
    code: 'Drained',
    class: 'infrastructure',
    takesCapacity: true,
    shows: 'condition DisruptionTarget, reason EvictionByEvictionAPI',
    says: `The pod was evicted through the Kubernetes API, as when a node is drained${ON_NODE}`,
  },
  nodeRefused: {
    code: 'NodeRefused',
    class: 'infrastructure',
    shows:
      'phase Failed without containers, reason such as OutOfcpu, NodeAffinity, UnexpectedAdmissionError',
    says: `The node refused the pod that the scheduler gave it${ON_NODE}`,
  },
  disrupted: {
    code: 'Evicted',
    class: 'infrastructure',
    shows: 'condition DisruptionTarget with any other reason',
    says: `Kubernetes ended the pod${ON_NODE}`,
  },
  nodeLost: {
    code: 'NodeLost',
    class: 'infrastructure',
    takesCapacity: true,
    shows:
      'the Node is gone or out of service, and the pod is proven dead by that; or condition DisruptionTarget, reason DeletionByPodGC; or reason NodeLost',
    says: `The node of the task does not answer, is gone or is out of service${ON_NODE}`,
  },
  unproven: {
    code: 'NodeLost',
    class: 'infrastructure',
    final: true,
    shows:
      'the Node does not answer, or the pod vanished, and nothing proves within ORRERY_NODE_LOST_SECONDS that it has ended',
    says: 'Kubernetes lost sight of pod {pod}[ on node {node}], and nothing proves that it has ended; it is not tried again because it could run twice.',
  },
  podDeleted: {
    code: 'PodDeleted',
    class: 'infrastructure',
    shows:
      'the pod has a deletionTimestamp that Orrery did not ask for, as after kubectl delete pod',
    says: `The pod was deleted by someone else before its work was done${ON_NODE}`,
  },
  podRemoved: {
    code: 'PodRemoved',
    class: 'infrastructure',
    shows: 'Orrery finished the removal of a pod that somebody had deleted before it had a node',
    says: `The pod was removed before its work was done${ON_NODE}`,
  },
  containerKilled: {
    code: 'ContainerKilled',
    class: 'infrastructure',
    shows:
      'the container was killed as a whole (137) and is not marked OOMKilled; it started again, and the command did not',
    says: '{executor} was killed together with its container, and not for its use of memory.',
  },
  sandboxLost: {
    code: 'SandboxLost',
    class: 'infrastructure',
    shows:
      'all containers of the pod ended at once, and the stages began anew: a new sandbox, as when the machine of the node or its container runtime starts anew',
    says: '{executor} was stopped together with all of its pod, which the node began anew[ (node {node})].',
  },
  interrupted: {
    code: 'Interrupted',
    class: 'infrastructure',
    shows:
      'the shim was sent SIGTERM, or another signal that asks to stop, while the command ran, and nothing else tells why: a process of the container may have sent it as well',
    says: '{executor} was asked to stop before it had ended, by Kubernetes or by one of its own processes.',
  },
} as const satisfies Record<string, EndRow>;
