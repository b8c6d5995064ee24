/** Simulated nodes for the time of a measurement. */
import path from 'node:path';

import {
  type SimulatedNodes,
  startSimulatedNodes,
} from '../../deploy/local/simulated-nodes/index.ts';
import { environment } from '../support/test-environment.ts';
import { untilInterrupted } from './interruption.ts';

/** How many nodes, and how many of the smallest pods fit on each. */
interface Fleet {
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly say: (line: string) => void;
}

/** Starts them in a namespace of this run, and takes them away after `work`. */
export async function withSimulatedNodes<T>(
  { say, ...size }: Fleet,
  work: (nodes: Pick<SimulatedNodes, 'namespace' | 'names'>) => Promise<T>,
): Promise<T> {
  const nodes = await startSimulatedNodes({
    ...size,
    kubeconfig: environment('KUBECONFIG'),
    directory: path.join(environment('STATE_DIR'), 'bench', 'simulated'),
    namespace: `bench-simulated-${process.pid}`,
    note: say,
  });
  try {
    return await untilInterrupted(() => work(nodes));
  } finally {
    await nodes.stop();
  }
}
