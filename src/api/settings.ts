import { pathToFileURL } from 'node:url';

import type { Config } from '../config/config.ts';
import { ACCOUNT_PLACE } from '../tes/offers.ts';
import type { TaskRules } from '../tes/parse-task.ts';
import type { LoadLimits } from './plugins/load-shedding.ts';
import type { RateLimits } from './plugins/rate-limits.ts';
import type { ServiceSettings } from './routes/service-info.ts';
import type { ServerSettings } from './server.ts';

/** The settings of the API. */
export interface ApiSettings extends ServerSettings {
  /** Origins whose web pages may use the API; `*` means all, none keeps browsers out. */
  readonly corsOrigins: readonly string[];
  readonly rateLimits: RateLimits;
  readonly loadLimits: LoadLimits;
  /** Show CANCELING as RUNNING. */
  readonly hideCanceling: boolean;
  readonly taskRules: TaskRules;
  readonly service: ServiceSettings;
}

/** What this server is and since when. */
export type Release = Required<Pick<ServiceSettings, 'version' | 'createdAt' | 'updatedAt'>>;

/** The API's part of the configuration. */
export function toApiSettings(
  config: Pick<Config, 'api' | 'auth' | 'dispatch' | 'limits' | 'pods' | 'service'>,
  release: Release,
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
    hideCanceling: api.hideCanceling,
    taskRules: {
      maxExecutors: api.maxExecutors,
      fileRoots,
      offers: pods.offers,
      images: pods.images,
      reservedPlaces: toReservedPlaces(pods),
      schemes: ['file'],
      maxDocumentBytes: config.dispatch.ownerInlineBytes,
    },
    service: { ...service, ...release, storage: fileRoots.map((root) => pathToFileURL(root).href) },
  };
}

/** Where executors see files of the administrator. */
function toReservedPlaces({ executorSecrets, offers }: Config['pods']): string[] {
  const hasToken = offers.serviceAccounts.some(({ token }) => token);
  return [...executorSecrets.map(({ path }) => path), ...(hasToken ? [ACCOUNT_PLACE] : [])];
}

/** Nobody is limited for others: in open mode all callers are one, behind the trusted proxy all addresses may be. */
function toRateLimits({ api, auth, limits }: Pick<Config, 'api' | 'auth' | 'limits'>): RateLimits {
  const hiddenByProxy = auth.mode === 'trusted-header' && api.trustedProxies.length === 0;
  return {
    addressRequests: hiddenByProxy ? 0 : limits.addressRequests,
    callerRequests: auth.mode === 'none' ? 0 : limits.callerRequests,
  };
}
