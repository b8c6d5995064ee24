import type { FastifyInstance } from 'fastify';

import type { ServiceInfo } from '../../tes/task.ts';
import { operation } from './operation.ts';

/** What the operator says about the service, and what this installation can do. */
export interface ServiceSettings {
  /** In reverse domain notation. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly organization: { readonly name: string; readonly url: string };
  readonly contactUrl?: string;
  readonly documentationUrl?: string;
  readonly environment?: string;
  /** The version of this server. */
  readonly version: string;
  /** Places that tasks can read and write, as URLs. */
  readonly storage: readonly string[];
  /** RFC 3339. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly backendParameters: readonly string[];
}

/** The service-info document of TES 1.1. */
export function buildServiceInfo(settings: ServiceSettings): ServiceInfo {
  const { storage, backendParameters, ...own } = settings;
  return {
    ...own,
    type: { group: 'org.ga4gh', artifact: 'tes', version: '1.1.0' },
    storage,
    tesResources_backend_parameters: backendParameters,
  };
}

/** `GET /service-info`, open to everybody, and its old shape under `/tasks`, which refuses any other field. */
export function addServiceInfo(scope: FastifyInstance, settings: ServiceSettings): void {
  const info = buildServiceInfo(settings);
  const docs = operation({
    id: 'GetServiceInfo',
    summary: 'What this service is and can do',
    answer: 'tesServiceInfo',
  });
  scope.get('/service-info', docs, () => info);

  const oldInfo = { name: info.name, doc: info.description ?? '', storage: info.storage };
  scope.get('/tasks/service-info', { ...docs, schema: { hide: true } }, () => oldInfo);
}
