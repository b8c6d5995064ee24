/** The API server for somebody who may lose the right to change anything there. */
import type { ApiClient, ApiRequest } from './api-client.ts';

/** The same client, which calls `check` before everything that is no read; what it throws is thrown instead. */
export function createFencedClient(api: ApiClient, check: () => Promise<void>): ApiClient {
  const checked = async (request: ApiRequest): Promise<void> => {
    if (request.method !== 'GET') await check();
  };
  return {
    ...api,
    async json<T>(request: ApiRequest) {
      await checked(request);
      return api.json<T>(request);
    },
    async text(request) {
      await checked(request);
      return api.text(request);
    },
  };
}
