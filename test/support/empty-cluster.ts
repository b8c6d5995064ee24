/** A second API server beside the one of the tests: the same keys and accounts, and nothing of what the first one holds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';

import { type ApiClient, createApiClient } from '../../src/kubernetes/api-client.ts';
import { loadKubeConfig } from '../../src/kubernetes/kube-config.ts';
import { configVia } from './kube-config-via.ts';
import { environment } from './test-environment.ts';
import { until } from './until.ts';

/** The empty cluster; it has the task namespace, under a uid of its own, and no Node. */
export interface EmptyCluster extends AsyncDisposable {
  readonly origin: string;
  readonly api: ApiClient;
}

const START_MS = 60_000;

/** Starts it; it ends with the test. */
export async function startEmptyCluster(): Promise<EmptyCluster> {
  const config = loadKubeConfig({ kind: 'file', path: environment('KUBECONFIG') });
  const first = new URL(config.getCurrentCluster()?.server ?? '');
  const port = await freePort();
  const server = await startServer(await commandOf(first.port), String(port));
  const origin = `https://127.0.0.1:${port}`;
  const api = createApiClient(configVia(config, origin));
  const isReady = async (): Promise<boolean> => {
    await api.json({ method: 'GET', path: '/api/v1/namespaces/default' });
    return true;
  };
  await until(isReady, { what: 'the second API server is ready', withinMs: START_MS });
  const body = { metadata: { name: environment('TASK_NAMESPACE') } };
  await api.json({ method: 'POST', path: '/api/v1/namespaces', body });
  return {
    origin,
    api,
    async [Symbol.asyncDispose]() {
      api.close();
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** The arguments of the process that listens as the API server on this port. */
async function commandOf(port: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const command = text.split('\0').slice(0, -1);
    if (command[command.indexOf('--secure-port') + 1] === port) return command;
  }
  throw new Error(`no API server of this machine listens on port ${port}`);
}

/** With a prefix of its own, what the first one stored is not there. */
async function startServer(command: readonly string[], port: string): Promise<ChildProcess> {
  const [file = '', ...first] = command;
  const own: Record<string, string> = { '--secure-port': port, '--audit-log-path': '/dev/null' };
  const rest = first.map((arg, index) => own[first[index - 1] ?? ''] ?? arg);
  const server = spawn(file, [...rest, '--etcd-prefix', `/empty-${port}`], { stdio: 'ignore' });
  await once(server, 'spawn');
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
