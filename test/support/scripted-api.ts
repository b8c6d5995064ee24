/** A server that answers as a test says: for troubles that a real API server does not have on demand. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { KubeConfig } from '@kubernetes/client-node';

/** Answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A running server and how to reach it. */
export interface ScriptedApi extends AsyncDisposable {
  readonly config: KubeConfig;
  /** The requests so far, as method and URL. */
  readonly requests: readonly string[];
}

/** Starts a server; disposing of it ends it with all its connections. */
export async function startScriptedApi(answer: Answer): Promise<ScriptedApi> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    config: aKubeConfig(`http://127.0.0.1:${port}`),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A configuration for a server, with a token. */
export function aKubeConfig(server: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'scripted', server, skipTLSVerify: true },
    { name: 'tester', token: 'token-of-the-test' },
  );
  return config;
}
