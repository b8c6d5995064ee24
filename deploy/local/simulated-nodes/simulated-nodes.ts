/** Starts and governs the simulated nodes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { LocalError } from '../local-error.ts';
import { endProcess, processesOf } from '../process-record.ts';
import { waitUntil } from '../wait.ts';
import type { SimulatedNodes, SimulatedNodesOptions } from './index.ts';
import { findKwok } from './kwok-binary.ts';
import { type LogServer, startLogServer } from './log-server.ts';
import { createNodeGateway, type NodeGateway } from './node-gateway.ts';
import { NODE_STAGES } from './node-objects.ts';
import { podStages } from './pod-stages.ts';
import { type SimulatedKubelet, startKubelet } from './simulated-kubelet.ts';

const NAMESPACE = 'orrery-simulated';
const PODS = 1000;
const PATIENCE_SECONDS = 60;

type Machine =
  | { readonly kind: 'alive' | 'hanging'; readonly kubelet: SimulatedKubelet }
  | { readonly kind: 'deleted' };

interface Fleet {
  readonly cluster: NodeGateway;
  readonly pods: number;
  readonly start: (node: string) => Promise<SimulatedKubelet>;
  readonly logs: LogServer;
  /** By the names of the nodes. */
  readonly machines: Map<string, Machine>;
}

/**
 * Starts them and resolves once all are ready. What an earlier run left of them is ended first: a cluster has one
 * set of simulated nodes.
 */
export async function startSimulatedNodes(options: SimulatedNodesOptions): Promise<SimulatedNodes> {
  const { kubeconfig, directory, namespace = NAMESPACE, note = () => undefined } = options;
  const names = Array.from({ length: options.nodes }, (_, index) => `simulated-${index}`);
  mkdirSync(directory, { recursive: true });
  const program = await findKwok(note);
  const owner = `simulated-nodes@${path.resolve(kubeconfig)}`;
  await Promise.all(processesOf(owner).map(async (left) => endProcess(left, 'SIGKILL', 10)));

  const log = (name: string): string => path.join(directory, `${name}.log`);
  const cluster = createNodeGateway(kubeconfig);
  await cluster.deleteAllNodes();
  await cluster.ensureNamespace(namespace);
  const machines = new Map<string, Machine>();
  const fleet: Fleet = {
    cluster,
    machines,
    logs: await startLogServer({
      directory,
      readPod: cluster.readPod,
      isAlive: (node) => machines.get(node)?.kind === 'alive',
    }),
    pods: options.podsPerNode ?? PODS,
    start: async (node) => {
      const settings = path.join(directory, `${node}.yaml`);
      writeFileSync(settings, writeStages(new Date()));
      return startKubelet({
        program,
        kubeconfig,
        node,
        settings,
        directory,
        log: log(node),
        owner,
      });
    },
  };
  try {
    await Promise.all(names.map(async (name) => boot(fleet, name)));
  } catch (error) {
    await stop(fleet);
    throw error;
  }
  return { namespace, names, log, ...faultsOf(fleet), stop: async () => stop(fleet) };
}

/** What a kubelet of a machine that was switched on at that time does. */
function writeStages(bootedAt: Date): string {
  const stages = [...NODE_STAGES, ...podStages(bootedAt)];
  return stages.map((stage) => JSON.stringify(stage)).join('\n---\n');
}

type Faults = Pick<SimulatedNodes, 'lose' | 'revive' | 'deleteNode' | 'fence' | 'unfence'>;

function faultsOf(fleet: Fleet): Faults {
  const { machines, cluster } = fleet;
  const find = (name: string): Machine => {
    const machine = machines.get(name);
    if (machine === undefined) throw new Error(`there is no simulated node ${name}`);
    return machine;
  };
  return {
    lose: async (name) => {
      const machine = find(name);
      if (machine.kind !== 'alive') return Promise.resolve();
      machine.kubelet.hang();
      machines.set(name, { ...machine, kind: 'hanging' });
    },
    revive: async (name) => {
      const machine = find(name);
      if (machine.kind === 'deleted') return boot(fleet, name);
      machine.kubelet.resume();
      machines.set(name, { ...machine, kind: 'alive' });
    },
    deleteNode: async (name) => {
      const machine = find(name);
      machines.set(name, { kind: 'deleted' });
      if (machine.kind !== 'deleted') await machine.kubelet.kill();
      await cluster.deleteNode(name);
    },
    fence: async (name) => {
      find(name);
      await cluster.setFence(name, true);
    },
    unfence: async (name) => {
      find(name);
      await cluster.setFence(name, false);
    },
  };
}

/** A machine is switched on: a new Node, with a new uid, and a kubelet for it. */
async function boot(fleet: Fleet, name: string): Promise<void> {
  const { cluster, logs, pods, start, machines } = fleet;
  await cluster.makeNode(name, { pods, logPort: logs.port });
  machines.set(name, { kind: 'alive', kubelet: await start(name) });
  if (await waitUntil(async () => cluster.isReady(name), PATIENCE_SECONDS)) return;
  throw new LocalError(`The simulated node ${name} is not ready after ${PATIENCE_SECONDS} s.`);
}

async function stop({ cluster, logs, machines }: Fleet): Promise<void> {
  for (const [name, machine] of machines) {
    if (machine.kind !== 'deleted') await machine.kubelet.kill();
    await cluster.deleteNode(name);
  }
  await logs.stop();
  cluster.close();
}
