import { pathToFileURL } from 'node:url';

import type { Config } from '../config/config.ts';
import type { TaskRules } from '../tes/parse-task.ts';
import type { ServiceSettings } from './routes/service-info.ts';

/** The settings of the API. */
export interface ApiSettings {
  /** Largest body that is read, in bytes. */
  readonly bodyLimit: number;
  /** Origins whose web pages may use the API; `*` means all, none keeps browsers out. */
  readonly corsOrigins: readonly string[];
  /** Show CANCELING as RUNNING. */
  readonly hideCanceling: boolean;
  readonly taskRules: TaskRules;
  readonly service: ServiceSettings;
}

/** The API's part of the configuration. `version` is this server's. */
export function toApiSettings(
  { api, pods, service }: Pick<Config, 'api' | 'pods' | 'service'>,
  version: string,
): ApiSettings {
  const fileRoots = pods.fileClaims.map(({ root }) => root);
  return {
    bodyLimit: api.bodyLimit,
    corsOrigins: api.corsOrigins,
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
