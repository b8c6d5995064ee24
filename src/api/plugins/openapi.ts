import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

import { buildComponents } from './components.ts';

/** The OpenAPI document at `/openapi.json`, and pages to read and try it at `/docs`. */
export function useOpenApi(app: FastifyInstance, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Orrery',
        description: 'A GA4GH Task Execution Service (TES 1.1) on Kubernetes and Temporal.',
        version,
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      tags: [
        { name: 'TES', description: 'The operations of TES 1.1.' },
        { name: 'Many tasks', description: 'What TES does not have: operations on many tasks.' },
      ],
    },
    hideUntagged: true,
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) =>
        typeof schema['$id'] === 'string' ? schema['$id'] : `schema-${index}`,
    },
  });
  for (const component of buildComponents()) app.addSchema(component);
  app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { config: { operation: 'openapi' } }, () => app.swagger());
}
