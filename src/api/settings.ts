import { pathToFileURL } from 'node:url';

import type { Config } from '../config/config.ts';
import type { TaskRules } from '../tes/parse-task.ts';
import type { LoadLimits } from './plugins/load-shedding.ts';
import type { RateLimits } from './plugins/rate-limits.ts';
import type { ServiceSettings } from './routes/service-info.ts';

/** The settings of the API. */
export interface ApiSettings {
  /** Largest body that is read, in bytes. */
  readonly bodyLimit: number;
  /** Origins whose web pages may use the API; `*` means all, none keeps browsers out. */
  readonly corsOrigins: readonly string[];
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAliveMs: number;
  readonly rateLimits: RateLimits;
  readonly loadLimits: LoadLimits;
  /** Answer `/metrics`. */
  readonly metrics: boolean;
  /** Show CANCELING as RUNNING. */
  readonly hideCanceling: boolean;
  readonly taskRules: TaskRules;
  readonly service: ServiceSettings;
}

/** The API's part of the configuration. `version` is this server's. */
export function toApiSettings(
  config: Pick<Config, 'api' | 'auth' | 'limits' | 'observation' | 'pods' | 'service'>,
  version: string,
): ApiSettings {
  const { api, pods, service, limits } = config;
  const fileRoots = pods.fileClaims.map(({ root }) => root);
  return {
    bodyLimit: api.bodyLimit,
    corsOrigins: api.corsOrigins,
    trustedProxies: api.trustedProxies,
    keepAliveMs: api.keepAliveMs,
    rateLimits: toRateLimits(config),
    loadLimits: { eventLoopDelayMs: limits.eventLoopDelayMs, heapPercent: limits.heapPercent },
    metrics: config.observation.metrics,
    hideCanceling: api.hideCanceling,
    taskRules: {
      maxExecutors: api.maxExecutors,
      fileRoots,
      backendParameters: [],
      schemes: ['file'],
    },
    service: { ...service, version, storage: fileRoots.map((root) => pathToFileURL(root).href) },
  };
}

/** Nobody is limited for others: in open mode all callers are one, behind the trusted proxy all addresses may be. */
function toRateLimits({ api, auth, limits }: Pick<Config, 'api' | 'auth' | 'limits'>): RateLimits {
  const hiddenByProxy = auth.mode === 'trusted-header' && api.trustedProxies.length === 0;
  return {
    addressRequests: hiddenByProxy ? 0 : limits.addressRequests,
    callerRequests: auth.mode === 'none' ? 0 : limits.callerRequests,
  };
}
