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

/** The request of a task with this fate. */
function aSimulatedTask(fate: FateName, random: Random): object {
  const executor = (...words: FateWord[]): object => ({
    image: fateImage(...words),
    command: ['x'],
  });
  const one = (...words: FateWord[]): object => ({ executors: [executor(...words)] });
  const long = `run-${random.between(4, 20)}s` as const;
  const short = `run-${random.between(1, 15) * 100}ms` as const;
  switch (fate) {
    case 'short':
      return one(short);
    case 'long':
      return one(long);
    case 'staged':
      return one(
        `run-${random.between(1, 4)}s`,
        `inputs-${random.between(1, 6)}s`,
        `outputs-${random.between(1, 6)}s`,
      );
    case 'two-executors':
      return {
        executors: [executor(short), executor('run-2s')],
        inputs: [{ path: '/data/given', content: 'given' }],
      };
    case 'ignored-error':
      return {
        executors: [{ ...executor('exit-2', 'ignored'), ignore_error: true }, executor(short)],
      };
    case 'exit-code':
      return one(short, 'exit-3');
    case 'out-of-memory':
      return one(short, 'oom');
    case 'image-missing':
      return one('not-found');
    case 'pull-heals':
      return one(`pull-${random.between(1, 6)}s`);
    case 'pull-hangs':
      return one('never-starts');
    case 'evicted-once':
      return one('first-evicted', short);
    case 'killed-once':
      return one('first-killed', short);
    case 'outputs-crash':
      return one(short, 'outputs-crash');
    case 'lost-report':
      return one(short, 'lost-report');
    case 'deaf':
      return one(`run-${random.between(3, 8)}s`, 'deaf');
    case 'never-scheduled':
      return { ...one('ok'), resources: { cpu_cores: NO_NODE_HAS } };
    case 'endless':
      return one('run-3600s');
  }
}

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
    build: aSimulatedTask,
    close: () => nodes.stop(),
  };
}
