import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Verifier } from '../../auth/principal.ts';
import { TesError } from '../../errors/tes-error.ts';
import { requirePrincipal } from '../plugins/auth.ts';
import { pathOf } from '../plugins/errors.ts';
import { addCancelTask, CANCEL_URL, type CancelTaskDeps } from './cancel-task.ts';
import { addCreateTask, type CreateTaskDeps } from './create-task.ts';
import { addGetTask, type GetTaskDeps } from './get-task.ts';
import { addListTasks, type ListTasksDeps } from './list-tasks.ts';
import { addServiceInfo, type ServiceInfoDeps } from './service-info.ts';

/** What the operations of TES need together. */
export type TesDeps = CreateTaskDeps &
  GetTaskDeps &
  ListTasksDeps &
  CancelTaskDeps &
  ServiceInfoDeps & { readonly verifier: Verifier };

/** Clients try these three; only the first is documented. */
const BASES = ['/ga4gh/tes/v1', '/v1', ''];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

/** Registers the five operations of TES under every base path. */
export function addTesRoutes(app: FastifyInstance, deps: TesDeps): void {
  BASES.forEach((base, index) => {
    app.register(
      (scope, _options, done) => {
        if (index > 0) hideRoutes(scope);
        addOperations(scope, deps);
        done();
      },
      { prefix: base },
    );
  });
}

function addOperations(scope: FastifyInstance, deps: TesDeps): void {
  addServiceInfo(scope, deps);
  scope.register((guarded, _options, done) => {
    requirePrincipal(guarded, deps.verifier);
    addCreateTask(guarded, deps);
    addListTasks(guarded, deps);
    addGetTask(guarded, deps);
    addCancelTask(guarded, deps);
    done();
  });
  refuseOtherMethods(scope, '/service-info', ['GET']);
  refuseOtherMethods(scope, '/tasks', ['GET', 'POST']);
  refuseOtherMethods(scope, '/tasks/:id', ['GET']);
  refuseOtherMethods(scope, CANCEL_URL, ['POST', 'DELETE']);
}

function hideRoutes(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true };
  });
}

function refuseOtherMethods(scope: FastifyInstance, url: string, allowed: Method[]): void {
  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    reply.header('allow', allowed.join(', '));
    throw new TesError(
      'MethodNotAllowed',
      `${request.method} is not possible at ${pathOf(request)}; use ${allowed.join(' or ')}.`,
    );
  };
  scope.route({
    method: METHODS.filter((method) => !allowed.includes(method)),
    url,
    schema: { hide: true },
    // The handler alone would come after the body was read, and complain about the body first.
    onRequest: refuse,
    handler: refuse,
  });
}
