import type { FastifyInstance } from 'fastify';

import type { Verifier } from '../../auth/principal.ts';
import { requirePrincipal } from '../plugins/auth.ts';
import { addCancelTask, CANCEL_URL, type CancelTaskDeps } from './cancel-task.ts';
import { addCreateTask, type CreateTaskDeps } from './create-task.ts';
import { addGetTask, type GetTaskDeps } from './get-task.ts';
import { addListTasks, type ListTasksDeps } from './list-tasks.ts';
import { refuseOtherMethods } from './refuse-other-methods.ts';
import { addServiceInfo, type ServiceInfoDeps } from './service-info.ts';

/** What the operations of TES need together. */
export type TesDeps = CreateTaskDeps &
  GetTaskDeps &
  ListTasksDeps &
  CancelTaskDeps &
  ServiceInfoDeps & { readonly verifier: Verifier };

/** Clients try these three; only the first is documented. */
const BASES = ['/ga4gh/tes/v1', '/v1', ''];

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
