/** A proxy before the Kubernetes API that holds back one answer, so that a caller can be paused in the middle. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as plainRequest,
} from 'node:http';
import { request as tlsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

import { loadKubeConfig } from '../../src/kubernetes/kube-config.ts';
import { environment, namedContext } from './test-environment.ts';

/** A running proxy. */
export interface ApiProxy {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** True once the API server has done what was asked and its answer is held back. */
  readonly isHolding: () => boolean;
  /** Lets the answer go. */
  readonly release: () => void;
  close(): Promise<void>;
}

/** Holds back the answer to the first request that `holds` picks by method and URL. */
export async function startApiProxy(
  holds: (method: string, url: string) => boolean,
): Promise<ApiProxy> {
  const forward = await createForwarder();
  const released = Promise.withResolvers<undefined>();
  let isHolding = false;

  const server = createServer((incoming, response) => {
    const outgoing = forward(incoming);
    outgoing.once('response', (answer: IncomingMessage) => {
      void (async () => {
        if (!isHolding && holds(incoming.method ?? '', incoming.url ?? '')) {
          isHolding = true;
          await released.promise;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      })();
    });
    outgoing.once('error', () => response.destroy());
    response.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: aKubeconfigFor(`http://127.0.0.1:${port}`),
    isHolding: () => isHolding,
    release: () => {
      released.resolve(undefined);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends requests on to the real API server, with the credentials of the tests. */
async function createForwarder() {
  const context = namedContext();
  const config = loadKubeConfig({
    kind: 'file',
    path: environment('KUBECONFIG'),
    ...(context !== undefined && { context }),
  });
  const server = config.getCurrentCluster()?.server ?? '';
  const credentials: Omit<RequestOptions, 'headers'> & { headers: OutgoingHttpHeaders } = {
    headers: {},
  };
  await config.applyToHTTPSOptions(credentials);

  return ({ method, url, headers }: IncomingMessage) => {
    const target = new URL(url ?? '/', server);
    const send = target.protocol === 'https:' ? tlsRequest : plainRequest;
    return send(target, {
      ...credentials,
      method,
      headers: { ...headers, host: target.host, ...credentials.headers },
    });
  };
}

function aKubeconfigFor(server: string): string {
  const name = namedContext() ?? 'proxy';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
