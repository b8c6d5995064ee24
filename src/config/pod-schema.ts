/** Settings of task pods: their images, what tasks may ask for, and which rights containers have. */
import { Type } from 'typebox';

import { amount, choice, count, flag, seconds, text } from './fields.ts';

const most = (unit: string, what: string) =>
  Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1_000_000_000,
      unit,
      description: `The most ${what} that a task may ask for; unset sets no limit.`,
    }),
  );

const list = (description: string) => Type.Optional(text({ description }));

const yaml = (description: string) => Type.Optional(text({ yaml: true, description }));

const GIGABYTES = 'GB of 10^9 bytes';

/** A DNS name, as Kubernetes wants for service accounts and Secrets. */
const NAME = '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$';

export const pods = {
  ORRERY_SHIM_IMAGE: text({ description: 'The image that holds the shim.' }),
  ORRERY_TRANSPORTER_IMAGE: text({
    description: 'The image that moves inputs and outputs by URL.',
  }),
  ORRERY_FILE_CLAIMS: list(
    'Folders for file: URLs and the persistent volume claims behind them, as `/folder=claim`, comma separated.',
  ),
  ORRERY_INPUTS_READ_ONLY: flag({
    default: false,
    description:
      'Keep executors from changing inputs, but for those that the task itself writes to as outputs, volumes, working directories or stream files.',
  }),
  ORRERY_LOG_TAIL_KIB: count({
    default: 64,
    maximum: 1024,
    unit: 'KiB',
    description:
      'How much of the end of stdout and of stderr is kept for each executor; less where a task of many executors prints more than fits into 4 MiB.',
  }),
  ORRERY_TERMINATION_GRACE_SECONDS: seconds(
    30,
    'How long a command may take to end after SIGTERM before it is killed.',
  ),
};

export const taskResources = {
  ORRERY_DEFAULT_CPU_CORES: amount({
    default: 1,
    unit: 'cores',
    description: 'The CPU of a task that does not ask for any.',
  }),
  ORRERY_DEFAULT_RAM_GB: amount({
    default: 2,
    unit: GIGABYTES,
    description: 'The memory of a task that does not ask for any.',
  }),
  ORRERY_DEFAULT_DISK_GB: amount({
    default: 10,
    unit: GIGABYTES,
    description: 'The disk of a task that does not ask for any.',
  }),
  ORRERY_MAX_CPU_CORES: most('cores', 'CPU'),
  ORRERY_MAX_RAM_GB: most(GIGABYTES, 'memory'),
  ORRERY_MAX_DISK_GB: most(GIGABYTES, 'disk'),
  ORRERY_PLACEMENT_PROFILES: yaml(
    'Named places for pods, that tasks choose by the backend parameter `placement`; the one called `default` is for tasks that choose none. See [profiles](operating.md#profiles).',
  ),
  ORRERY_GPU_PROFILES: yaml(
    'Kinds of GPU that tasks may ask for by the backend parameter `gpu`; the one called `default` is for a number alone. See [profiles](operating.md#profiles).',
  ),
  ORRERY_PREEMPTIBLE_PLACEMENT: yaml(
    'One profile, without a name, for tasks that are `preemptible`. See [profiles](operating.md#profiles).',
  ),
  ORRERY_ZONES: list(
    'Zones that tasks may ask for, as the label `topology.kubernetes.io/zone` of nodes has them, or as `name=label`, comma separated; unset gives `zones` no effect.',
  ),
  ORRERY_SERVICE_ACCOUNTS: list(
    'Service accounts that tasks may choose by the backend parameter `service_account`, comma separated; executors see the token only of those written as `name=token`.',
  ),
};

export const images = {
  ORRERY_IMAGE_PULL_POLICY: choice(['Always', 'IfNotPresent', 'Never'], {
    default: 'IfNotPresent',
    description: 'When nodes ask a registry for an image.',
  }),
  ORRERY_IMAGE_DEFAULT_REGISTRY: list(
    'The registry, with a folder if need be, of image names that have none, such as registry.example.org/mirror; unset leaves them to the container runtime.',
  ),
  ORRERY_IMAGES_ALLOWED: list(
    'Patterns of full image names, such as `quay.io/biocontainers/*` or `docker.io/library/*`, comma separated: `*` is anything without a slash, `**` anything; unset allows every image.',
  ),
  ORRERY_IMAGE_PULL_SECRETS: list(
    'Pull Secrets of the task namespace by registry, or folder of one, as `registry.example.org=secret`, comma separated; a pod names those of its images only.',
  ),
  ORRERY_TRS_HOSTS: list(
    'Hosts of tool registries (GA4GH TRS) whose `trs://` URIs may stand for an image, comma separated; unset allows none.',
  ),
  ORRERY_TRS_PRIVATE_ADDRESSES: flag({
    default: false,
    description: 'Ask tool registries also when their hosts lead to private addresses.',
  }),
};

export const podRights = {
  ORRERY_POD_SECURITY: choice(['baseline', 'restricted'], {
    default: 'baseline',
    description:
      'The pod security standard that task pods keep to. With `restricted` all containers run as one user that is not root.',
  }),
  ORRERY_RUN_AS_USER: Type.Optional(
    count({
      maximum: 2_147_483_647,
      description:
        'The user id of executors; unset leaves it to the image, with `restricted` it is 65532.',
    }),
  ),
  ORRERY_RUN_AS_GROUP: Type.Optional(
    count({
      maximum: 2_147_483_647,
      description: 'The group id that goes with the user id; unset takes the same number.',
    }),
  ),
  ORRERY_TASK_SERVICE_ACCOUNT: Type.Optional(
    text({
      pattern: NAME,
      description:
        'The service account of task pods that choose none; its token is not mounted. Unset takes the default of the namespace.',
    }),
  ),
  ORRERY_EXECUTOR_SECRETS: list(
    'Secrets of the task namespace that every executor sees as files, as `/folder=secret`, comma separated. Whoever may post a task can read them.',
  ),
};
