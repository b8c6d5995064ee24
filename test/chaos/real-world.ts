/** Real pods: shell scripts in the demo image, which report their starts and ends. */
import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { aShell } from '../support/shell-task.ts';
import { addressForPods } from './address-for-pods.ts';
import type { FateName } from './fates.ts';
import type { Random } from './random.ts';
import { openSilentRegistry, type SilentRegistry } from './silent-registry.ts';
import { openWitness, type Witness } from './witness.ts';
import type { World } from './world.ts';

const EXIT_CODE = 3;
/** More than any machine has. */
const NO_NODE_HAS = 4096;

/** What the scripts and images of tasks lead to. */
interface Props {
  readonly witness: Witness;
  readonly registry: SilentRegistry;
}

type Build = (props: Props, random: Random) => object;

/** A script that reports the start of an executor, works for seconds, reports its end and exits. */
function runs(witness: Witness, executor: number, seconds: number, exitCode = 0): string {
  return `${witness.start(executor)}; sleep ${seconds}; ${witness.end(executor, exitCode)}; exit ${exitCode}`;
}

/** A task with one executor, which works for some seconds. */
const working =
  (least: number, most: number, exitCode = 0): Build =>
  ({ witness }, random) => ({
    executors: [aShell(runs(witness, 0, random.between(least, most), exitCode))],
  });

/** The request of a task with each fate that a real pod can play. */
const TASKS: Readonly<Partial<Record<FateName, Build>>> = {
  short: working(0, 2),
  long: working(5, 15),
  endless: working(3600, 3600),
  'exit-code': working(0, 3, EXIT_CODE),
  'two-executors': ({ witness }) => ({
    executors: [aShell(runs(witness, 0, 1)), aShell(runs(witness, 1, 2))],
    inputs: [{ path: '/data/given', content: 'given' }],
  }),
  'ignored-error': ({ witness }) => ({
    executors: [
      aShell(runs(witness, 0, 1, 2), { ignore_error: true }),
      aShell(runs(witness, 1, 1)),
    ],
  }),
  'out-of-memory': ({ witness }) => ({
    executors: [aShell(`${witness.start(0)}; sleep 1; cat /dev/zero > /dev/fill`)],
    resources: { ram_gb: 0.05 },
  }),
  'image-missing': () => ({
    executors: [{ image: 'no-such-registry.invalid/image:1', command: ['true'] }],
  }),
  'pull-hangs': ({ registry }) => ({
    executors: [{ image: registry.image, command: ['true'] }],
  }),
  deaf: ({ witness }, random) => ({
    executors: [aShell(`trap '' TERM; ${runs(witness, 0, random.between(8, 15))}`)],
  }),
  'never-scheduled': ({ witness }) => ({
    executors: [aShell(runs(witness, 0, 0))],
    resources: { cpu_cores: NO_NODE_HAS },
  }),
};

function aRealTask(fate: FateName, props: Props, random: Random): object {
  const build = TASKS[fate];
  if (build === undefined) throw new Error(`only simulated nodes play the fate ${fate}`);
  return build(props, random);
}

/** Pods of the cluster of the environment; `folder` is for the reports of their commands. */
export async function openRealWorld(api: ApiClient, folder: string): Promise<World> {
  const host = await addressForPods(api);
  const witness = await openWitness(host, folder);
  const registry = await openSilentRegistry(host);
  return {
    namespace: undefined,
    nodes: undefined,
    build: (fate, random) => aRealTask(fate, { witness, registry }, random),
    marks: () => witness.marks(),
    async close() {
      await witness.close();
      await registry.close();
    },
  };
}
