/** The API server as processes under chaos reach it: plainly through a line that encrypts. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';

import { type ApiClient, createApiClient } from '../../src/kubernetes/api-client.ts';
import { loadKubeConfig } from '../../src/kubernetes/kube-config.ts';
import { environment, namedContext } from '../support/test-environment.ts';
import type { LineTarget } from './engine-line.ts';

/** Where lines lead, and who the processes are. */
export interface ClusterAccess {
  readonly target: LineTarget;
  /** A kubeconfig that leads through a line. */
  kubeconfigFor(line: { readonly host: string; readonly port: number }): string;
}

/** Reads the kubeconfig of the test environment. */
export async function readClusterAccess(): Promise<ClusterAccess> {
  const config = loadConfig();
  const server = new URL(config.getCurrentCluster()?.server ?? '');
  const options: Omit<RequestOptions, 'headers'> & { headers: OutgoingHttpHeaders } = {
    headers: {},
  };
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key } = options;
  const isSecure = server.protocol === 'https:';
  const token = String(options.headers['Authorization'] ?? '').replace(/^Bearer /, '');
  return {
    target: {
      host: server.hostname,
      port: Number(server.port === '' ? (isSecure ? 443 : 80) : server.port),
      ...(isSecure && { tls: { ca, cert, key } }),
    },
    kubeconfigFor: ({ host, port }) => aKubeconfig(`http://${host}:${port}`, token),
  };
}

function aKubeconfig(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'chaos', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'chaos', user: token === '' ? {} : { token } }],
    contexts: [{ name: 'chaos', context: { cluster: 'chaos', user: 'chaos' } }],
    'current-context': 'chaos',
  });
}

/** The API server of the environment, past all lines. */
export function openClusterApi(): ApiClient {
  return createApiClient(loadConfig());
}

function loadConfig() {
  const context = namedContext();
  return loadKubeConfig({
    kind: 'file',
    path: environment('KUBECONFIG'),
    ...(context !== undefined && { context }),
  });
}
