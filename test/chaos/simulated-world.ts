/** Simulated pods: nodes that read a pod's fate from the tags of its executors' images. */
import {
  fateImage,
  type FateWord,
  startSimulatedNodes,
} from '../../deploy/local/simulated-nodes/index.ts';
import { environment } from '../support/test-environment.ts';
import type { FateName } from './fates.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

const NODES = 4;

/** More than any simulated node has. */
const NO_NODE_HAS = 100_000;

type Build = (random: Random) => object;

const seconds = (random: Random, least: number, most: number): `${number}s` =>
  `${random.between(least, most)}s`;

const aMoment = (random: Random): FateWord => `run-${random.between(1, 15) * 100}ms`;

function executor(...words: FateWord[]): object {
  return { image: fateImage(...words), command: ['x'] };
}

/** A task with one executor, which runs for a moment and has these words. */
const brief =
  (...words: FateWord[]): Build =>
  (random) => ({ executors: [executor(aMoment(random), ...words)] });

const exactly =
  (choose: (random: Random) => FateWord[], members: object = {}): Build =>
  (random) => ({ executors: [executor(...choose(random))], ...members });

/** The request of a task with each fate. */
const TASKS: Readonly<Record<FateName, Build>> = {
  short: brief(),
  long: exactly((random) => [`run-${seconds(random, 4, 20)}`]),
  staged: exactly((random) => [
    `run-${seconds(random, 1, 4)}`,
    `inputs-${seconds(random, 1, 6)}`,
    `outputs-${seconds(random, 1, 6)}`,
  ]),
  'two-executors': (random) => ({
    executors: [executor(aMoment(random)), executor('run-2s')],
    inputs: [{ path: '/data/given', content: 'given' }],
  }),
  'ignored-error': (random) => ({
    executors: [
      { ...executor('exit-2', 'ignored'), ignore_error: true },
      executor(aMoment(random)),
    ],
  }),
  'exit-code': brief('exit-3'),
  'out-of-memory': brief('oom'),
  'image-missing': exactly(() => ['not-found']),
  'pull-heals': exactly((random) => [`pull-${seconds(random, 1, 6)}`]),
  'pull-hangs': exactly(() => ['never-starts']),
  'evicted-once': brief('first-evicted'),
  'killed-once': brief('first-killed'),
  'outputs-crash': brief('outputs-crash'),
  'lost-report': brief('lost-report'),
  deaf: exactly((random) => [`run-${seconds(random, 8, 20)}`, 'deaf']),
  'never-scheduled': exactly(() => ['ok'], { resources: { cpu_cores: NO_NODE_HAS } }),
  endless: exactly(() => ['run-3600s']),
};

/** Simulated machines in the private cluster. */
export async function openSimulatedWorld(
  folder: string,
  say: (line: string) => void,
): Promise<World> {
  const nodes = await startSimulatedNodes({
    kubeconfig: environment('KUBECONFIG'),
    directory: folder,
    nodes: NODES,
    namespace: `chaos-simulated-${process.pid}`,
    note: say,
  });
  return {
    namespace: nodes.namespace,
    nodes,
    build: (fate, random) => TASKS[fate](random),
    close: () => nodes.stop(),
  };
}
