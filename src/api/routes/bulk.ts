import type { FastifyInstance } from 'fastify';

import type { Verifier } from '../../auth/principal.ts';
import { requirePrincipal } from '../plugins/auth.ts';
import { addBatchCancel, BATCH_CANCEL_URL, type BatchCancelDeps } from './batch-cancel.ts';
import { addBatchCreate, BATCH_CREATE_URL, type BatchCreateDeps } from './batch-create.ts';
import { refuseOtherMethods } from './refuse-other-methods.ts';

/** What the operations on many tasks need together. */
export type BulkDeps = BatchCreateDeps & BatchCancelDeps & { readonly verifier: Verifier };

/** Registers the operations on many tasks, which TES does not have, under a base path of their own. */
export function addBulkRoutes(app: FastifyInstance, deps: BulkDeps): void {
  app.register(
    (scope, _options, done) => {
      scope.register((guarded, _inner, ready) => {
        requirePrincipal(guarded, deps.verifier);
        addBatchCreate(guarded, deps);
        addBatchCancel(guarded, deps);
        ready();
      });
      refuseOtherMethods(scope, BATCH_CREATE_URL, ['POST']);
      refuseOtherMethods(scope, BATCH_CANCEL_URL, ['POST']);
      done();
    },
    { prefix: '/api/v1' },
  );
}
