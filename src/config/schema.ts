/** Every setting of Orrery: name of its environment variable, default, bounds, unit and one sentence. */
import { type Static, type TSchema, Type } from 'typebox';

import { choice, count, flag, seconds, text } from './fields.ts';
import { images, podRights, pods, taskResources } from './pod-schema.ts';

/** A DNS label, as Kubernetes wants for a namespace. */
const LABEL = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

/** A header name in lower case, as Node hands headers over. */
const HEADER = "^[a-z0-9!#$%&'*+.^_`|~-]+$";

const api = {
  ORRERY_HOST: text({ default: '127.0.0.1', description: 'The address the API listens on.' }),
  ORRERY_PORT: count({
    default: 8080,
    minimum: 0,
    maximum: 65_535,
    description: 'The port the API listens on; 0 takes any free one.',
  }),
  ORRERY_BODY_LIMIT_MIB: count({
    default: 32,
    maximum: 1024,
    unit: 'MiB',
    description: 'The largest request body that is read.',
  }),
  ORRERY_MAX_EXECUTORS: count({
    default: 32,
    maximum: 1000,
    description: 'The most executors that one task may have.',
  }),
  ORRERY_HIDE_CANCELING: flag({
    default: false,
    description: 'Show CANCELING as RUNNING, for clients that do not know that state.',
  }),
  ORRERY_CORS_ORIGINS: Type.Optional(
    text({
      description:
        'Origins whose web pages may use the API, comma separated; `*` means all, unset means none.',
    }),
  ),
  ORRERY_TRUSTED_PROXIES: Type.Optional(
    text({
      description:
        'Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For names the caller for limits, comma separated; unset trusts none.',
    }),
  ),
  ORRERY_KEEP_ALIVE_SECONDS: count({
    default: 75,
    maximum: 86_400,
    unit: 'seconds',
    description:
      'How long an idle connection is kept; it must be longer than the idle time of a load balancer in front.',
  }),
};

const limits = {
  ORRERY_ADDRESS_REQUESTS_PER_SECOND: count({
    default: 5000,
    minimum: 0,
    description:
      'The most requests of one address (IPv6: one /64 network) to one process; 0 sets no limit. With `ORRERY_AUTH=trusted-header` it counts only if `ORRERY_TRUSTED_PROXIES` is set.',
  }),
  ORRERY_CALLER_REQUESTS_PER_SECOND: count({
    default: 2000,
    minimum: 0,
    description:
      'The most requests of one authenticated caller to one process; 0 sets no limit. With `ORRERY_AUTH=none` it does not count.',
  }),
  ORRERY_MAX_EVENT_LOOP_DELAY_MS: count({
    default: 1000,
    minimum: 0,
    unit: 'milliseconds',
    description:
      'Requests are refused while the process is this late with its work, on average over a second; 0 never.',
  }),
  ORRERY_MAX_HEAP_PERCENT: count({
    default: 90,
    minimum: 0,
    maximum: 100,
    unit: 'percent of what Node may use',
    description: 'Requests are refused while the heap of the process is fuller; 0 never.',
  }),
};

const dispatch = {
  ORRERY_LIMIT_PODS: count({
    default: 2000,
    maximum: 1_000_000,
    description:
      'The most pods that are alive at once; further tasks wait as rows, which cost nothing.',
  }),
  ORRERY_LIMIT_OWNER_PODS: Type.Optional(
    count({
      maximum: 1_000_000,
      description:
        'The most pods of one owner that are alive at once; unset sets no limit beside the one of all.',
    }),
  ),
  ORRERY_LIMIT_INLINE_MIB: count({
    default: 256,
    maximum: 1_000_000,
    unit: 'MiB',
    description:
      'The most bytes of documents above 256 KiB, inline contents for the most part, whose pods are alive at once; they lie in Secrets. A task that needs more alone is refused.',
  }),
  ORRERY_LIMIT_OWNER_INLINE_MIB: Type.Optional(
    count({
      maximum: 1_000_000,
      unit: 'MiB',
      description: 'The same for one owner; unset sets no limit beside the one of all.',
    }),
  ),
};

const observation = {
  ORRERY_METRICS: flag({
    default: true,
    description: 'Answer Prometheus at `/metrics`, to everybody who can reach the port.',
  }),
  ORRERY_HEALTH_PORT: Type.Optional(
    count({
      minimum: 0,
      maximum: 65_535,
      description:
        'The port of `/healthz`, `/readyz` and `/metrics` in a process without the role api, which has them on its own port; unset opens none, 0 takes any free one.',
    }),
  ),
};

const auth = {
  ORRERY_AUTH: choice(['none', 'trusted-header'], {
    default: 'none',
    description:
      'Who callers are: everybody is `anonymous` (`none`), or a proxy on the same machine says so in a header (`trusted-header`).',
  }),
  ORRERY_AUTH_USER_HEADER: text({
    default: 'x-forwarded-user',
    pattern: HEADER,
    description: 'The header with the name of the caller, in lower case.',
  }),
  ORRERY_AUTH_GROUP_HEADER: text({
    default: 'x-forwarded-groups',
    pattern: HEADER,
    description: 'The header with the groups of the caller, in lower case.',
  }),
};

const postgres = {
  ORRERY_POSTGRES_URL: text({
    secret: true,
    pattern: '^postgres(ql)?://.+',
    description:
      'The connection URL of Postgres, such as postgres://user:password@host:5432/orrery.',
  }),
  ORRERY_POSTGRES_POOL_SIZE: count({
    default: 10,
    maximum: 1000,
    description: 'The most connections that one process opens.',
  }),
  ORRERY_RETENTION_DAYS: count({
    default: 0,
    minimum: 0,
    maximum: 36_500,
    unit: 'days',
    description: 'How long ended tasks are kept after their end; 0 keeps them for ever.',
  }),
};

const temporal = {
  ORRERY_TEMPORAL_ADDRESS: text({
    default: '127.0.0.1:7233',
    pattern: '^[^\\s/]+:\\d{1,5}$',
    description: 'Host and port of the Temporal frontend.',
  }),
  ORRERY_TEMPORAL_NAMESPACE: text({
    default: 'default',
    description: 'The Temporal namespace; it must exist.',
  }),
  ORRERY_TEMPORAL_TASK_QUEUE: text({
    default: 'orrery',
    description: 'The Temporal task queue that workers poll.',
  }),
  ORRERY_WORKFLOW_CACHE: count({
    default: 1000,
    minimum: 0,
    description: 'How many workflows a worker keeps in memory; others are replayed when they wake.',
  }),
  ORRERY_TEMPORAL_METRICS_ADDRESS: Type.Optional(
    text({
      pattern: '^[^\\s/]+:\\d{1,5}$',
      description:
        "Address and port, such as 0.0.0.0:9464, where a worker gives the metrics of Temporal's SDK to Prometheus; unset gives none.",
    }),
  ),
};

const kubernetes = {
  ORRERY_KUBECONFIG: Type.Optional(
    text({
      description:
        'The path of a kubeconfig; without it and without a context the service account of the pod Orrery runs in is used.',
    }),
  ),
  ORRERY_KUBERNETES_CONTEXT: Type.Optional(
    text({
      description:
        'The context of the kubeconfig; unset takes its current one. Given alone, the kubeconfig of kubectl is read.',
    }),
  ),
  ORRERY_TASK_NAMESPACE: text({
    default: 'orrery-tasks',
    pattern: LABEL,
    description: 'The Kubernetes namespace of the task pods.',
  }),
};

const DEADLINE = { maximum: 31_536_000, unit: 'seconds' };

const longest = (kind: string) =>
  Type.Optional(
    count({
      ...DEADLINE,
      description: `The longest ${kind} deadline that a task may ask for by \`timeouts\`; unset takes the deadline that holds for all.`,
    }),
  );

const deadlines = {
  ORRERY_QUEUE_DEADLINE_SECONDS: seconds(604_800, 'How long a task may wait for a node.'),
  ORRERY_PULL_DEADLINE_SECONDS: seconds(
    1800,
    'How long it may take from the node being chosen until an image is there and its container has started.',
  ),
  ORRERY_RUN_DEADLINE_SECONDS: Type.Optional(
    count({
      ...DEADLINE,
      description:
        'How long each executor may run, unless its task says otherwise; unset sets no limit.',
    }),
  ),
  ORRERY_TOTAL_DEADLINE_SECONDS: seconds(2_592_000, 'How long a task may take in all.'),
  ORRERY_MAX_QUEUE_DEADLINE_SECONDS: longest('queue'),
  ORRERY_MAX_PULL_DEADLINE_SECONDS: longest('pull'),
  ORRERY_MAX_RUN_DEADLINE_SECONDS: longest('run'),
  ORRERY_MAX_TOTAL_DEADLINE_SECONDS: longest('total'),
  ORRERY_PULL_TROUBLE_SECONDS: seconds(
    30,
    'How long an image pull that fails but may heal is tried again within one attempt.',
  ),
  ORRERY_NODE_LOST_SECONDS: seconds(
    1800,
    'How long a pod on a node that went silent is waited for.',
  ),
};

const retry = {
  ORRERY_MAX_ATTEMPTS: count({
    default: 3,
    maximum: 100,
    description: 'How often a task is tried when the infrastructure fails; 1 switches retries off.',
  }),
  ORRERY_RETRY_BACKOFF_SECONDS: seconds(
    5,
    'The pause before the second attempt; it doubles with each further one, up to five minutes.',
  ),
};

const service = {
  ORRERY_SERVICE_ID: text({
    default: 'org.example.orrery',
    description: 'The id in service-info, in reverse domain notation.',
  }),
  ORRERY_SERVICE_NAME: text({ default: 'Orrery', description: 'The name in service-info.' }),
  ORRERY_SERVICE_ORGANIZATION_NAME: text({
    default: 'Example',
    description: 'The organization in service-info.',
  }),
  ORRERY_SERVICE_ORGANIZATION_URL: text({
    default: 'https://example.org',
    pattern: '^https://[^\\s/]+\\S*$',
    description: 'The web site of the organization in service-info, an https: URL.',
  }),
  ORRERY_SERVICE_ENVIRONMENT: Type.Optional(
    text({ description: 'The environment in service-info, such as production or test.' }),
  ),
  ORRERY_SERVICE_CONTACT_URL: Type.Optional(
    text({
      pattern: '^(https://[^\\s/]+\\S*|mailto:[^\\s@]+@[^\\s@]+)$',
      description: 'Whom to ask, in service-info: an https: or mailto: URL.',
    }),
  ),
  ORRERY_SERVICE_DOCUMENTATION_URL: Type.Optional(
    text({
      pattern: '^https://[^\\s/]+\\S*$',
      description: 'What to read, in service-info: an https: URL.',
    }),
  ),
};

const log = {
  ORRERY_LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'The least severe messages that are logged.',
  }),
};

/** The groups of settings in the order of the reference. */
export const SETTING_GROUPS: Readonly<Record<string, Readonly<Record<string, TSchema>>>> = {
  API: api,
  Callers: auth,
  Limits: limits,
  'Health and metrics': observation,
  Postgres: postgres,
  Temporal: temporal,
  Kubernetes: kubernetes,
  'Task pods': pods,
  'What tasks may ask for': taskResources,
  Images: images,
  'Rights of task pods': podRights,
  'Tasks at once': dispatch,
  Deadlines: deadlines,
  Retries: retry,
  'Service info': service,
  Logging: log,
};

export const SettingsSchema = Type.Object({
  ...api,
  ...auth,
  ...limits,
  ...observation,
  ...postgres,
  ...temporal,
  ...kubernetes,
  ...pods,
  ...taskResources,
  ...images,
  ...podRights,
  ...dispatch,
  ...deadlines,
  ...retry,
  ...service,
  ...log,
});

/** All settings by name, checked one by one. */
export type Settings = Static<typeof SettingsSchema>;
