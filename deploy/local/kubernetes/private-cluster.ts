import { mkdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from '../command.ts';
import { logOf, startDaemon, stopDaemon } from '../daemon.ts';
import { cacheDirectory } from '../directories.ts';
import { LocalError } from '../local-error.ts';
import { withLock } from '../lock.ts';
import { isRunning } from '../process-record.ts';
import { assignPort, type State } from '../state.ts';
import { waitUntil } from '../wait.ts';
import { createCgroups, removeCgroups } from './cgroups.ts';
import { ensureKeys, writeKubeconfigs } from './keys.ts';
import { ensureBridge, isOnlyBridge, podNetwork, removeBridge } from './pod-network.ts';
import { writeSettings } from './settings-files.ts';

export interface PrivateCluster {
  kubeconfigPath: string;
  node: string;
  /** When this start began; a heartbeat before that is the last one of another life. */
  startedAt: Date;
  isNew: boolean;
}

export interface ClusterOptions {
  state: State;
  kube: string;
  pauseImage: string;
  /** False: etcd does not wait for the disk (tests only). */
  isDurable: boolean;
}

const NODE = 'orrery-local';
const SOCKET = '/run/containerd/containerd.sock';

/** Standard folders that get something of ours mounted over them inside: they have to exist, empty will do. */
const MOUNT_POINTS = [
  '/var/lib/kubelet',
  '/var/lib/containerd',
  '/var/lib/cni',
  '/var/log/containers',
  '/var/log/pods',
  '/run/containerd',
];

/** Starts the private cluster unless it runs. Returns before its node is ready. */
export async function ensurePrivateCluster(options: ClusterOptions): Promise<PrivateCluster> {
  const { state } = options;
  const isNew = !isRunning(state.file.processes.cluster);
  const startedAt = new Date();
  // Two environments share the machine's bridges, forwarding switch and mount points.
  if (isNew) await withLock(machineLock(), async () => start(options));
  return { kubeconfigPath: clusterPath(state, 'admin.kubeconfig'), node: NODE, startedAt, isNew };
}

/** Ends the cluster with all its pods; what etcd and the disks of the pods hold stays. */
export async function stopPrivateCluster(state: State): Promise<void> {
  await withLock(machineLock(), async () => {
    await stopDaemon(state, 'cluster', 'SIGKILL', 10);
    await removeBridge(state);
    await removeCgroups(cgroupName(state));
    // Removing a folder would take away what another environment has mounted over it.
    if (isOnlyBridge(state)) MOUNT_POINTS.forEach(removeIfEmpty);
  });
}

/** Runs containerd's own client inside the cluster's mount namespace. */
export async function runCtr(
  state: State,
  args: readonly string[],
  input?: Buffer,
): Promise<string> {
  const record = state.file.processes.cluster;
  if (!isRunning(record))
    throw new LocalError('The private cluster does not run: start it with `npm start`.');
  const enter = ['--target', String(record.pid), '--mount', '--'];
  const ctr = ['ctr', '--address', SOCKET, '--namespace', 'k8s.io', ...args];
  return runCommand('nsenter', [...enter, ...ctr], input === undefined ? {} : { input });
}

/** Waits until containerd takes requests. */
export async function waitForContainerd(state: State): Promise<void> {
  const answers = async (): Promise<boolean> =>
    runCtr(state, ['version']).then(
      () => true,
      () => false,
    );
  if (!(await waitUntil(answers, 60))) {
    throw new LocalError(
      `containerd does not start: its log ${logOf(state, 'containerd')} says why.`,
    );
  }
}

async function start(options: ClusterOptions): Promise<void> {
  const { state, kube, pauseImage, isDurable } = options;
  await stopDaemon(state, 'cluster', 'SIGKILL', 10);
  const directory = clusterPath(state);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const network = podNetwork(state);
  await ensureBridge(state, network);
  const ports = {
    API_PORT: await assignPort(state, 'kubernetes'),
    STORE_PORT: await assignPort(state, 'etcd'),
    STORE_PEER_PORT: await assignPort(state, 'etcdPeer'),
  };
  await ensureKeys(clusterPath(state, 'keys'), NODE);
  writeKubeconfigs(clusterPath(state, 'keys'), directory, ports.API_PORT);
  writeSettings({
    directory,
    network,
    pauseImage,
    cgroup: cgroupName(state),
    kubeletPort: await assignPort(state, 'kubelet'),
    healthPort: await assignPort(state, 'kubeletHealth'),
  });
  createCgroups(cgroupName(state));
  for (const point of MOUNT_POINTS) mkdirSync(point, { recursive: true });
  const settings = {
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    KUBE: kube,
    CLUSTER: directory,
    NODE,
    NODE_ADDRESS: network.gateway,
    LOGS: state.path('logs'),
    STORE_FLAGS: isDurable ? '' : '--unsafe-no-fsync',
  };
  await startDaemon(state, {
    name: 'cluster',
    command: 'unshare',
    args: [
      ...['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
      path.join(import.meta.dirname, 'inside.sh'),
    ],
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, HOME: '/root', ...settings },
  });
}

function clusterPath(state: State, ...parts: string[]): string {
  return state.path('cluster', ...parts);
}

function cgroupName(state: State): string {
  return `orrery-${state.id}`;
}

function machineLock(): string {
  return path.join(cacheDirectory(), 'cluster.lock');
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Absent, or in use by somebody else's containers: theirs.
  }
}
