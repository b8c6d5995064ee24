import type { FastifyInstance } from 'fastify';

import { backendParameterNames } from '../../tes/backend-parameters.ts';
import type { TaskRules } from '../../tes/parse-task.ts';
import type { ServiceInfo } from '../../tes/task.ts';
import { operation } from './operation.ts';

/** What the operator says about the service, and what this installation can do. */
export interface ServiceSettings {
  /** In reverse domain notation. */
  readonly id: string;
  readonly name: string;
  readonly organization: { readonly name: string; readonly url: string };
  readonly environment?: string;
  readonly contactUrl?: string;
  readonly documentationUrl?: string;
  /** When the installation was made, and when this version came onto this machine; RFC 3339. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** The version of this server. */
  readonly version: string;
  /** Places that tasks can read and write, as URLs. */
  readonly storage: readonly string[];
}

const DESCRIPTION =
  'Runs GA4GH TES tasks, each as one Kubernetes pod driven by one Temporal workflow.';

function buildServiceInfo(settings: ServiceSettings, backendParameters: readonly string[]) {
  return {
    ...settings,
    description: DESCRIPTION,
    type: { group: 'org.ga4gh', artifact: 'tes', version: '1.1.0' },
    tesResources_backend_parameters: backendParameters,
  } as const satisfies ServiceInfo;
}

/** What service-info tells. */
export interface ServiceInfoDeps {
  readonly service: ServiceSettings;
  readonly taskRules: Pick<TaskRules, 'offers'>;
}

/** `GET /service-info`, open to everybody, and its old shape under `/tasks`, which refuses any other field. */
export function addServiceInfo(
  scope: FastifyInstance,
  { service, taskRules }: ServiceInfoDeps,
): void {
  const info = buildServiceInfo(service, backendParameterNames(taskRules.offers));
  const docs = operation({
    id: 'GetServiceInfo',
    summary: 'What this service is and can do',
    answer: 'tesServiceInfo',
  });
  scope.get('/service-info', docs, () => info);

  const oldInfo = { name: info.name, doc: info.description, storage: info.storage };
  scope.get('/tasks/service-info', { ...docs, schema: { hide: true } }, () => oldInfo);
}
