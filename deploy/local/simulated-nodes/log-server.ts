/** The part of the kubelets' API that the API server asks for logs. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import path from 'node:path';

import { runCommand } from '../command.ts';
import { listenOnFreePort } from './listen.ts';
import { type ReportingPod, reportLog } from './report.ts';

/** A pod with its place. */
export interface LoggingPod extends ReportingPod {
  readonly spec?: NonNullable<ReportingPod['spec']> & { readonly nodeName?: string };
}

export interface LogServerOptions {
  /** Where its certificate goes. */
  readonly directory: string;
  readonly readPod: (namespace: string, name: string) => Promise<LoggingPod>;
  /** Whether the machine of that Node answers. */
  readonly isAlive: (node: string) => boolean;
}

/** A listening server. */
export interface LogServer {
  readonly port: number;
  stop(): Promise<void>;
}

const PATH = /^\/containerLogs\/([^/?]+)\/([^/?]+)\/outputs\?(.*)$/;

/** Starts one server for all nodes; it answers for the last run of `outputs`, and has no other logs. */
export async function startLogServer(options: LogServerOptions): Promise<LogServer> {
  const server = createServer(await makeCertificate(options.directory), (request, response) => {
    answer(options, request, response).catch(() => {
      response.destroy();
    });
  });
  const port = await listenOnFreePort(server);
  return {
    port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  { readPod, isAlive }: LogServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = PATH.exec(request.url ?? '');
  if (asked === null || new URLSearchParams(asked[3]).get('previous') === 'true') {
    response.end();
    return;
  }
  const pod = await readPod(asked[1] ?? '', asked[2] ?? '');
  if (isAlive(pod.spec?.nodeName ?? '')) response.end(reportLog(pod));
  else response.destroy();
}

/** The API server asks kubelets without checking who they are; it only wants the connection encrypted. */
async function makeCertificate(directory: string): Promise<{ key: Buffer; cert: Buffer }> {
  const [key, cert] = [path.join(directory, 'log.key'), path.join(directory, 'log.crt')];
  await runCommand('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '3650', '-subj', '/CN=simulated-nodes', '-keyout', key, '-out', cert],
  ]);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
