/** Every way in which an attempt can end or hang: what it means, and what its user is told. */
import type { EndRow } from './end-row.ts';
import { DISRUPTIONS } from './ends-of-pods.ts';

const WORK = {
  complete: {
    code: 'Complete',
    class: 'success',
    shows: 'all executors ended with 0 or are forgiven; the outputs are uploaded',
    says: 'Every executor has ended and the declared outputs are uploaded.',
  },
  canceled: {
    code: 'Canceled',
    class: 'canceled',
    shows: 'Orrery deleted the pod on the wish of the client before the work was done',
    says: 'The task was canceled on request.',
  },
  exitCode: {
    code: 'ExecutorFailed',
    class: 'executor-failure',
    shows: 'the command ended with another code than 0',
    says: '{executor} ended with exit code {exitCode}.',
  },
  notExecutable: {
    code: 'ExecutorFailed',
    class: 'executor-failure',
    shows: 'exit code 126',
    says: '{executor} ended with exit code {exitCode}: a command was found but cannot be executed; its stderr says which.',
  },
  notFound: {
    code: 'ExecutorFailed',
    class: 'executor-failure',
    shows: 'exit code 127',
    says: '{executor} ended with exit code {exitCode}: a command was not found in the image; its stderr says which.',
  },
  signal: {
    code: 'ExecutorFailed',
    class: 'executor-failure',
    shows:
      'the command was ended by a signal that did not come from Kubernetes; exit code 128 plus its number',
    says: '{executor} ended with exit code {exitCode} after signal {signal}.',
  },
  oomProcess: {
    code: 'ExecutorFailed',
    class: 'executor-failure',
    shows:
      'the command ended by itself, and its container is marked OOMKilled: one of its processes was killed',
    says: '{executor} ended with exit code {exitCode}. One of its processes was killed because the memory limit[ of {memory}] was reached; ask for more with resources.ram_gb.',
  },
  oomCommand: {
    code: 'OutOfMemory',
    class: 'executor-failure',
    shows: 'the command was killed (137), and its container is marked OOMKilled',
    says: '{executor} was killed because it needed more memory than its limit[ of {memory}] (exit code {exitCode}); ask for more with resources.ram_gb.',
  },
  oomContainer: {
    code: 'OutOfMemory',
    class: 'executor-failure',
    shows:
      'the container was killed as a whole, shim included, and is marked OOMKilled; it started again, and the command did not',
    says: '{executor} was killed because it needed more memory than its limit[ of {memory}] (exit code {exitCode}); ask for more with resources.ram_gb.',
  },
  runDeadline: {
    code: 'RunDeadlineExceeded',
    class: 'deadline',
    shows: 'the shim ended the command when its time was over',
    says: 'The run deadline passed before {executor} ended.',
  },
} as const satisfies Record<string, EndRow>;

/** Failures that a stage knows: its own sentence, with the path or URL, replaces the one here. */
const STAGES = {
  InputNotFound: {
    code: 'InputNotFound',
    class: 'bad-task',
    shows:
      'the storage says that an input does not exist, or has a folder where the task says FILE',
    says: 'An input does not exist.',
  },
  PathRefused: {
    code: 'PathRefused',
    class: 'bad-task',
    shows:
      'an output leads through a loop of links, a link in the storage leads out of its folder, a name is too long, or an input needs as a folder what another one needs as a file',
    says: 'A path of the task or of its storage cannot be followed.',
  },
  OutputMissing: {
    code: 'OutputMissing',
    class: 'bad-task',
    shows:
      'all executors succeeded, and a declared output does not exist, is a link to what is no file of the task, or is a folder where the task says FILE',
    says: 'A declared output was not written.',
  },
  DestinationUnusable: {
    code: 'DestinationUnusable',
    class: 'bad-task',
    shows: 'the URL of a file that was written is a folder, or lies below a file',
    says: 'An output cannot be stored under its URL.',
  },
  TransferFailed: {
    code: 'TransferFailed',
    class: 'infrastructure',
    shows: 'a storage failed in a way that may heal',
    says: 'Files could not be transferred.',
  },
  WorkdirUnusable: {
    code: 'WorkdirUnusable',
    class: 'bad-task',
    shows: 'the working directory cannot be made or entered by the user of the image',
    says: 'The working directory of an executor cannot be used.',
  },
  FileUnplaceable: {
    code: 'FileUnplaceable',
    class: 'bad-task',
    shows:
      'a lone file cannot be linked into a directory of the image, such as under a read-only root',
    says: 'A file could not be placed inside the container of an executor.',
  },
  StdinMissing: {
    code: 'StdinMissing',
    class: 'bad-task',
    shows: 'the file named by stdin does not exist when its executor starts',
    says: 'The file for the standard input of an executor does not exist.',
  },
  NodeRestarted: {
    code: 'NodeRestarted',
    class: 'infrastructure',
    shows: 'a stage finds that the machine was started anew since the pod began',
    says: 'The node was restarted while the task ran, and files of it may be lost.',
  },
} as const satisfies Record<string, EndRow>;

/** Of a stage of Orrery's own, or with a text that promises healing, they are infrastructure. */
const IMAGES = {
  imageNotFound: {
    code: 'ImageNotFound',
    class: 'bad-task',
    shows:
      'waiting, ErrImagePull or ImagePullBackOff; the registry says that it does not know name or tag',
    says: 'The image {image} of {container} does not exist in its registry{said}',
  },
  imageDenied: {
    code: 'ImageDenied',
    class: 'bad-task',
    shows: 'waiting, ErrImagePull or ImagePullBackOff; the registry refuses access',
    says: 'The image {image} of {container} does not exist or may not be pulled without other credentials{said}',
  },
  imagePullFailed: {
    code: 'ImagePullFailed',
    class: 'infrastructure',
    shows:
      'waiting, ErrImagePull, ImagePullBackOff, RegistryUnavailable or ImageInspectError; the registry is out of reach, busy, or says nothing',
    says: 'The image {image} of {container} could not be pulled{said}',
  },
  imageInvalid: {
    code: 'ImageInvalid',
    class: 'bad-task',
    shows: 'waiting, InvalidImageName',
    says: 'The image {image} of {container} is not a valid image reference{said}',
  },
  imageNotPresent: {
    code: 'ImageNotPresent',
    class: 'bad-task',
    shows: 'waiting, ErrImageNeverPull',
    says: 'The image {image} of {container} is not on the node and the pull policy forbids to pull it{said}',
  },
  imageSignatureInvalid: {
    code: 'ImageSignatureInvalid',
    class: 'bad-task',
    shows: 'waiting, SignatureValidationFailed',
    says: 'The image {image} of {container} has no valid signature{said}',
  },
  containerConfigInvalid: {
    code: 'ContainerConfigInvalid',
    class: 'bad-task',
    shows:
      'waiting, CreateContainerConfigError: such as an image that runs as root where that is forbidden',
    says: 'The image {image} of {container} cannot be configured as a container{said}',
  },
  containerCreateFailed: {
    code: 'ContainerCreateFailed',
    class: 'bad-task',
    shows: 'waiting, CreateContainerError',
    says: 'The image {image} of {container} cannot be made into a container{said}',
  },
  containerStartFailed: {
    code: 'ContainerStartFailed',
    class: 'bad-task',
    shows: 'waiting, RunContainerError; or ended with StartError or ContainerCannotRun',
    says: 'The image {image} of {container} cannot be started{said}',
  },
  restartLoop: {
    code: 'RestartLoop',
    class: 'bad-task',
    shows: 'waiting, CrashLoopBackOff, after more than five restarts of the shim in an executor',
    says: '{stage} was restarted {restarts} times without getting through[, last with exit code {lastEnd}].',
  },
  stageCrashed: {
    code: 'StageCrashed',
    class: 'infrastructure',
    shows: "waiting, CrashLoopBackOff, after more than five restarts of a stage of Orrery's own",
    says: 'The pod could not get on, which is no fault of the task: {stage} was restarted {restarts} times[, last with exit code {lastEnd}].',
  },
} as const satisfies Record<string, EndRow>;

const WAITING = {
  queueDeadline: {
    code: 'QueueDeadlineExceeded',
    class: 'deadline',
    shows:
      'PodScheduled=False, Unschedulable, until the queue deadline; meanwhile the task is QUEUED and shows the words of the scheduler',
    says: 'The queue deadline passed before Kubernetes found a node for the task{said}',
  },
  volumeUnbound: {
    code: 'QueueDeadlineExceeded',
    class: 'deadline',
    shows: 'PodScheduled=False, Unschedulable: a volume claim does not exist or is not bound',
    says: 'The queue deadline passed before the volumes of the pod were there{said}',
  },
  podForbidden: {
    code: 'QueueDeadlineExceeded',
    class: 'deadline',
    shows:
      'the API server answers 403, 429 or 5xx to the pod until the queue deadline: a quota, a policy, a webhook; meanwhile it is asked again',
    says: 'The queue deadline passed before Kubernetes took the pod of the task{said}',
  },
  podRefused: {
    code: 'PodRefused',
    class: 'bad-task',
    shows:
      'the API server answers 400, 413 or 422 to the pod, also where a webhook denies it without another code',
    says: 'Kubernetes refuses the pod of this task{said}',
  },
  pullDeadline: {
    code: 'PullDeadlineExceeded',
    class: 'deadline',
    shows: 'a stage up to the first executor has no container when the pull deadline passes',
    says: 'The pull deadline passed before the image was there and its container started{said}',
  },
  podNotPrepared: {
    code: 'PullDeadlineExceeded',
    class: 'deadline',
    shows:
      'PodReadyToStartContainers=False when the pull deadline passes: volumes that cannot be mounted, or a network that cannot be made',
    says: 'The pull deadline passed before the node had mounted the volumes of the pod and made its network; the events of the pod say what is missing[ (node {node})].',
  },
  totalDeadline: {
    code: 'TotalDeadlineExceeded',
    class: 'deadline',
    shows: 'the total deadline passed, whatever the pod was doing',
    says: 'The total deadline of the task passed{said}',
  },
} as const satisfies Record<string, EndRow>;

const UNKNOWN = {
  recordLost: {
    code: 'RecordLost',
    class: 'infrastructure',
    final: true,
    shows:
      'outputs ended, but neither report nor termination messages tell how the executors ended',
    says: 'The executors have run, but the records of how they ended are lost; they are not run again.',
  },
  unexplained: {
    code: 'Unexplained',
    class: 'infrastructure',
    shows: 'anything else',
    says: 'The pod ended in a way that Orrery does not know ({facts}){said}',
  },
  internalError: {
    code: 'InternalError',
    class: 'infrastructure',
    final: true,
    shows: 'an activity failed for an hour with an error that nobody foresaw',
    says: 'Orrery could not go on with this task: its step {activity} failed for an hour with an error that nobody foresaw. The operator finds it in the log under the id of the task.',
  },
} as const satisfies Record<string, EndRow>;

/** The table, by chapters. */
export const END_CHAPTERS = {
  'The work itself': WORK,
  'Failures that a stage knows': STAGES,
  'What happens to the pod': DISRUPTIONS,
  'Images and containers': IMAGES,
  'Pods that wait': WAITING,
  'What is not known': UNKNOWN,
} as const;

/** The table: every way by its name. The documentation is made from it, and each row is proven by a case. */
export const ENDS = {
  ...WORK,
  ...STAGES,
  ...DISRUPTIONS,
  ...IMAGES,
  ...WAITING,
  ...UNKNOWN,
} as const;

/** The name of a row. */
export type EndWay = keyof typeof ENDS;
