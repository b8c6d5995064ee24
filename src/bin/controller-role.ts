/** The controller role: loops that run in one process at a time. */
import { hostname } from 'node:os';

import { standForLease } from '../controller/lease.ts';
import type { Work } from '../controller/lease-term.ts';
import { createFencedClient } from '../kubernetes/fenced-client.ts';
import type { Term } from '../store/ports.ts';
import { startControllerLoops } from './controller-loops.ts';
import { recogniseEngines } from './engine-identity.ts';
import type { Engines } from './engines.ts';
import type { Role } from './role.ts';

/** Stands for the lease once the engines are recognised as ours; until then, and without them, it waits and says why. */
export function startControllerRole(engines: Engines): Role {
  const candidate = standForLease({
    lease: engines.lease,
    holder: `${process.pid}@${hostname()}`,
    logger: engines.logger,
    prepare: async () => {
      await recogniseEngines(engines);
      const installation = await engines.store.installation.id();
      return (term) => startTerm(engines, installation, term);
    },
  });
  return {
    checks: [
      {
        role: 'controller',
        check: () => Promise.resolve(candidate.status().trouble),
        note: () => candidate.status().note,
      },
    ],
    stop: () => candidate.stop(),
  };
}

/** Whatever the loops do, they reach Postgres and Kubernetes only through the fence of their term. */
function startTerm(engines: Engines, installation: string, term: Term): Work {
  const { fence, ...rows } = engines.termStore(term);
  const fenced: Engines = {
    ...engines,
    logger: engines.logger.child({ epoch: term.epoch }),
    store: { ...engines.store, ...rows },
    kubernetes: () => createFencedClient(engines.kubernetes(), () => fence.check()),
  };
  return startControllerLoops(fenced, { installation, fence });
}
