/** The settings as the rest of Orrery takes them: grouped, in bytes and milliseconds, and never changed. */
import { toNetworks, toOrigins } from './lists.ts';
import type { Settings } from './schema.ts';
import { type PodConfig, toPods } from './to-pods.ts';

/** Everything an administrator decides. */
export interface Config {
  readonly api: {
    readonly host: string;
    readonly port: number;
    /** Bytes. */
    readonly bodyLimit: number;
    readonly maxExecutors: number;
    readonly hideCanceling: boolean;
    readonly corsOrigins: readonly string[];
    readonly trustedProxies: readonly string[];
    readonly keepAliveMs: number;
  };
  readonly limits: {
    /** Per second and process; 0 sets no limit. */
    readonly addressRequests: number;
    readonly callerRequests: number;
    /** 0 sets no limit. */
    readonly eventLoopDelayMs: number;
    /** Of the heap that Node may use; 0 sets no limit. */
    readonly heapPercent: number;
  };
  /** What may be alive at once, in all and of one owner. */
  readonly dispatch: {
    readonly pods: number;
    readonly inlineBytes: number;
    readonly ownerPods: number;
    readonly ownerInlineBytes: number;
  };
  readonly observation: {
    readonly metrics: boolean;
    /** Only for processes without the api role. */
    readonly healthPort?: number;
  };
  readonly auth: {
    readonly mode: Settings['ORRERY_AUTH'];
    readonly headers: { readonly subject: string; readonly groups: string };
  };
  readonly postgres: { readonly url: string; readonly poolSize: number };
  /** Days for which ended tasks are kept; 0 = for ever. */
  readonly retention: { readonly days: number };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    /** Workflows kept in memory by a worker. */
    readonly workflowCache: number;
    /** Where the SDK's own metrics are given. */
    readonly metricsAddress?: string;
  };
  readonly kubernetes: {
    readonly kubeconfig?: string;
    readonly context?: string;
    /** Where task pods live. */
    readonly namespace: string;
  };
  readonly pods: PodConfig;
  /** Ask tool registries also at private addresses. */
  readonly toolRegistries: { readonly privateAddresses: boolean };
  readonly deadlines: {
    readonly queueMs: number;
    readonly pullMs: number;
    readonly totalMs: number;
    /** How long trouble that may heal is watched within one attempt. */
    readonly patienceMs: number;
    readonly nodeLostMs: number;
  };
  readonly retry: { readonly maxAttempts: number; readonly backoffMs: number };
  readonly service: {
    readonly id: string;
    readonly name: string;
    readonly organization: { readonly name: string; readonly url: string };
    readonly environment?: string;
    readonly contactUrl?: string;
    readonly documentationUrl?: string;
  };
  readonly log: { readonly level: Settings['ORRERY_LOG_LEVEL'] };
}

const MIB = 1024 * 1024;

/** Groups checked settings. What is wrong with a list in them is given to `report`. */
export function toConfig(
  settings: Settings,
  report: (name: keyof Settings, fault: string) => void,
): Config {
  return {
    api: toApi(settings, report),
    limits: {
      addressRequests: settings.ORRERY_ADDRESS_REQUESTS_PER_SECOND,
      callerRequests: settings.ORRERY_CALLER_REQUESTS_PER_SECOND,
      eventLoopDelayMs: settings.ORRERY_MAX_EVENT_LOOP_DELAY_MS,
      heapPercent: settings.ORRERY_MAX_HEAP_PERCENT,
    },
    dispatch: toDispatch(settings, report),
    observation: toObservation(settings),
    auth: {
      mode: settings.ORRERY_AUTH,
      headers: {
        subject: settings.ORRERY_AUTH_USER_HEADER,
        groups: settings.ORRERY_AUTH_GROUP_HEADER,
      },
    },
    postgres: {
      url: settings.ORRERY_POSTGRES_URL,
      poolSize: settings.ORRERY_POSTGRES_POOL_SIZE,
    },
    retention: { days: settings.ORRERY_RETENTION_DAYS },
    temporal: toTemporal(settings),
    kubernetes: toKubernetes(settings),
    pods: toPods(settings, report),
    toolRegistries: { privateAddresses: settings.ORRERY_TRS_PRIVATE_ADDRESSES },
    deadlines: {
      queueMs: settings.ORRERY_QUEUE_DEADLINE_SECONDS * 1000,
      pullMs: settings.ORRERY_PULL_DEADLINE_SECONDS * 1000,
      totalMs: settings.ORRERY_TOTAL_DEADLINE_SECONDS * 1000,
      patienceMs: settings.ORRERY_PULL_TROUBLE_SECONDS * 1000,
      nodeLostMs: settings.ORRERY_NODE_LOST_SECONDS * 1000,
    },
    retry: {
      maxAttempts: settings.ORRERY_MAX_ATTEMPTS,
      backoffMs: settings.ORRERY_RETRY_BACKOFF_SECONDS * 1000,
    },
    service: toService(settings),
    log: { level: settings.ORRERY_LOG_LEVEL },
  };
}

function toApi(
  settings: Settings,
  report: (name: keyof Settings, fault: string) => void,
): Config['api'] {
  return {
    host: settings.ORRERY_HOST,
    port: settings.ORRERY_PORT,
    bodyLimit: settings.ORRERY_BODY_LIMIT_MIB * MIB,
    maxExecutors: settings.ORRERY_MAX_EXECUTORS,
    hideCanceling: settings.ORRERY_HIDE_CANCELING,
    corsOrigins: toOrigins(settings.ORRERY_CORS_ORIGINS, (fault) => {
      report('ORRERY_CORS_ORIGINS', fault);
    }),
    trustedProxies: toNetworks(settings.ORRERY_TRUSTED_PROXIES, (fault) => {
      report('ORRERY_TRUSTED_PROXIES', fault);
    }),
    keepAliveMs: settings.ORRERY_KEEP_ALIVE_SECONDS * 1000,
  };
}

/** A limit of one owner above that of all would never be met: it is a slip. */
function toDispatch(
  settings: Settings,
  report: (name: keyof Settings, fault: string) => void,
): Config['dispatch'] {
  const {
    ORRERY_LIMIT_PODS: pods,
    ORRERY_LIMIT_OWNER_PODS: ownerPods = pods,
    ORRERY_LIMIT_INLINE_MIB: inline,
    ORRERY_LIMIT_OWNER_INLINE_MIB: ownerInline = inline,
  } = settings;
  if (ownerPods > pods) {
    report('ORRERY_LIMIT_OWNER_PODS', `must not be more than ORRERY_LIMIT_PODS, which is ${pods}`);
  }
  if (ownerInline > inline) {
    report(
      'ORRERY_LIMIT_OWNER_INLINE_MIB',
      `must not be more than ORRERY_LIMIT_INLINE_MIB, which is ${inline}`,
    );
  }
  return { pods, ownerPods, inlineBytes: inline * MIB, ownerInlineBytes: ownerInline * MIB };
}

function toObservation(settings: Settings): Config['observation'] {
  const { ORRERY_METRICS: metrics, ORRERY_HEALTH_PORT: healthPort } = settings;
  return { metrics, ...(healthPort !== undefined && { healthPort }) };
}

function toTemporal(settings: Settings): Config['temporal'] {
  const metricsAddress = settings.ORRERY_TEMPORAL_METRICS_ADDRESS;
  return {
    address: settings.ORRERY_TEMPORAL_ADDRESS,
    namespace: settings.ORRERY_TEMPORAL_NAMESPACE,
    taskQueue: settings.ORRERY_TEMPORAL_TASK_QUEUE,
    workflowCache: settings.ORRERY_WORKFLOW_CACHE,
    ...(metricsAddress !== undefined && { metricsAddress }),
  };
}

function toKubernetes(settings: Settings): Config['kubernetes'] {
  const { ORRERY_KUBECONFIG: kubeconfig, ORRERY_KUBERNETES_CONTEXT: context } = settings;
  return {
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    namespace: settings.ORRERY_TASK_NAMESPACE,
  };
}

function toService(settings: Settings): Config['service'] {
  const {
    ORRERY_SERVICE_ENVIRONMENT: environment,
    ORRERY_SERVICE_CONTACT_URL: contactUrl,
    ORRERY_SERVICE_DOCUMENTATION_URL: documentationUrl,
  } = settings;
  return {
    id: settings.ORRERY_SERVICE_ID,
    name: settings.ORRERY_SERVICE_NAME,
    organization: {
      name: settings.ORRERY_SERVICE_ORGANIZATION_NAME,
      url: settings.ORRERY_SERVICE_ORGANIZATION_URL,
    },
    ...(environment !== undefined && { environment }),
    ...(contactUrl !== undefined && { contactUrl }),
    ...(documentationUrl !== undefined && { documentationUrl }),
  };
}
