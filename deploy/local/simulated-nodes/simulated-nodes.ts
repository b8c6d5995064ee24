/** Starts and governs the simulated nodes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { createApiClient } from '../../../src/kubernetes/api-client.ts';
import { loadKubeConfig } from '../../../src/kubernetes/kube-config.ts';
import { createClient, createLeaseClient, orAbsent, orDone } from '../kubernetes/client.ts';
import { ensureNamespace } from '../kubernetes/readiness.ts';
import { LocalError } from '../local-error.ts';
import { endProcess, processesOf } from '../process-record.ts';
import { waitUntil } from '../wait.ts';
import type { SimulatedNodes, SimulatedNodesOptions } from './index.ts';
import { findKwok } from './kwok-binary.ts';
import { type LoggingPod, type LogServer, startLogServer } from './log-server.ts';
import { buildNamespace, buildNode, NODE_STAGE, OUT_OF_SERVICE } from './node-objects.ts';
import { POD_STAGES } from './pod-stages.ts';
import { type SimulatedKubelet, startKubelet } from './simulated-kubelet.ts';

const NAMESPACE = 'orrery-simulated';
const PATIENCE_SECONDS = 60;

type Machine =
  | { readonly kind: 'alive' | 'hanging'; readonly kubelet: SimulatedKubelet }
  | { readonly kind: 'deleted' };

interface Fleet {
  readonly cluster: ReturnType<typeof connect>;
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

  const settings = path.join(directory, 'stages.yaml');
  writeFileSync(
    settings,
    [NODE_STAGE, ...POD_STAGES].map((one) => JSON.stringify(one)).join('\n---\n'),
  );
  const log = (name: string): string => path.join(directory, `${name}.log`);
  const cluster = connect(kubeconfig);
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
    start: async (node) =>
      startKubelet({ program, kubeconfig, node, settings, directory, log: log(node), owner }),
  };
  try {
    await Promise.all(names.map(async (name) => boot(fleet, name)));
  } catch (error) {
    await stop(fleet);
    throw error;
  }
  return { namespace, names, log, ...faultsOf(fleet), stop: async () => stop(fleet) };
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
async function boot({ cluster, logs, start, machines }: Fleet, name: string): Promise<void> {
  await cluster.makeNode(name, logs.port);
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

/** What the cluster is asked for. */
function connect(kubeconfig: string) {
  const api = createClient(kubeconfig);
  const leases = createLeaseClient(kubeconfig);
  // Every task's report costs a request: this client keeps its connections.
  const reader = createApiClient(loadKubeConfig({ kind: 'file', path: kubeconfig }));
  const deleteNode = async (name: string): Promise<void> => {
    await orDone(api.deleteNode({ name }));
    // A new process of the node would wait until the lease of the old one has run out.
    await orDone(leases.deleteNamespacedLease({ name, namespace: 'kube-node-lease' }));
  };
  return {
    deleteNode,
    ensureNamespace: async (name: string) => {
      await orDone(api.createNamespace({ body: buildNamespace(name) }));
      await ensureNamespace(api, name);
    },
    readPod: async (namespace: string, name: string) =>
      reader.json<LoggingPod>({
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/pods/${name}`,
      }),
    close: () => {
      reader.close();
    },
    makeNode: async (name: string, logPort: number) => {
      await deleteNode(name);
      await api.createNode({ body: buildNode(name, logPort) });
    },
    isReady: async (name: string) => {
      const node = await orAbsent(api.readNode({ name }));
      return (
        node?.status?.conditions?.some(
          ({ type, status }) => type === 'Ready' && status === 'True',
        ) === true && !(node.spec?.taints ?? []).some(({ key }) => key.endsWith('/not-ready'))
      );
    },
    setFence: async (name: string, isFenced: boolean) => {
      const patch = async (): Promise<boolean> => {
        const node = await api.readNode({ name });
        node.spec ??= {};
        const others = (node.spec.taints ?? []).filter(({ key }) => key !== OUT_OF_SERVICE.key);
        node.spec.taints = isFenced ? [...others, OUT_OF_SERVICE] : others;
        // Somebody else may write the node at the same time: then it is read again.
        return api.replaceNode({ name, body: node }).then(
          () => true,
          () => false,
        );
      };
      if (!(await waitUntil(patch, PATIENCE_SECONDS))) {
        throw new LocalError(`The taints of the simulated node ${name} cannot be changed.`);
      }
    },
  };
}
