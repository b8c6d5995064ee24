/** Real pods: shell scripts in the demo image, which report their starts and ends. */
import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { aShell } from '../support/shell-task.ts';
import type { FateName } from './fates.ts';
import type { Random } from './random.ts';
import { openWitness, type Witness } from './witness.ts';
import type { World } from './world.ts';

const EXIT_CODE = 3;
/** More than any machine has. */
const NO_NODE_HAS = 4096;

/** The request of a task with this fate. */
function aRealTask(fate: FateName, witness: Witness, random: Random): object {
  const runs = (executor: number, seconds: number, exitCode = 0): string =>
    `${witness.start(executor)}; sleep ${seconds}; ${witness.end(executor, exitCode)}; exit ${exitCode}`;
  const one = (script: string, members: object = {}): object => ({
    executors: [aShell(script)],
    ...members,
  });
  switch (fate) {
    case 'long':
      return one(runs(0, random.between(5, 15)));
    case 'two-executors':
      return {
        executors: [aShell(runs(0, 1)), aShell(runs(1, 2))],
        inputs: [{ path: '/data/given', content: 'given' }],
      };
    case 'ignored-error':
      return { executors: [aShell(runs(0, 1, 2), { ignore_error: true }), aShell(runs(1, 1))] };
    case 'exit-code':
      return one(runs(0, random.between(0, 3), EXIT_CODE));
    case 'out-of-memory':
      return one(`${witness.start(0)}; sleep 1; cat /dev/zero > /dev/fill`, {
        resources: { ram_gb: 0.05 },
      });
    case 'image-missing':
      return { executors: [{ image: 'no-such-registry.invalid/image:1', command: ['true'] }] };
    case 'deaf':
      return one(`trap '' TERM; ${runs(0, random.between(3, 6))}`);
    case 'never-scheduled':
      return one(runs(0, 0), { resources: { cpu_cores: NO_NODE_HAS } });
    case 'endless':
      return one(runs(0, 3600));
    case 'short':
      return one(runs(0, random.between(0, 2)));
    case 'staged':
    case 'pull-heals':
    case 'pull-hangs':
    case 'evicted-once':
    case 'killed-once':
    case 'outputs-crash':
    case 'lost-report':
      throw new Error(`only simulated nodes play the fate ${fate}`);
  }
}

/** Pods of the cluster of the environment; `folder` is for the reports of their commands. */
export async function openRealWorld(api: ApiClient, folder: string): Promise<World> {
  const witness = await openWitness(await addressForPods(api), folder);
  return {
    namespace: undefined,
    nodes: undefined,
    build: (fate, random) => aRealTask(fate, witness, random),
    marks: () => witness.marks(),
    close: () => witness.close(),
  };
}

interface Nodes {
  readonly items: readonly {
    readonly status?: {
      readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    };
  }[];
}

/** The bridge of the private cluster is the one address of this machine that its pods reach. */
async function addressForPods(api: ApiClient): Promise<string> {
  const { items } = await api.json<Nodes>({ method: 'GET', path: '/api/v1/nodes' });
  const addresses = items.flatMap(({ status }) => status?.addresses ?? []);
  const internal = addresses.find(({ type }) => type === 'InternalIP');
  if (internal === undefined) throw new Error('no node of the cluster has an internal address');
  return internal.address;
}
