/** A tool registry on this machine, over https with a certificate of its own. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The server: `host` is what URIs name, `ca` the certificate to trust. */
export interface ToolServer {
  readonly host: string;
  readonly ca: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts it; the certificate is made anew and counts for `localhost`. */
export async function startToolServer(answer: RequestListener): Promise<ToolServer> {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-tools-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const asked: string[] = [];
  try {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', key, '-out', cert],
    ]);
    const pem = { key: await readFile(key), cert: await readFile(cert) };
    const server = createServer(pem, (request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return {
      host: `localhost:${(server.address() as AddressInfo).port}`,
      ca: pem.cert.toString(),
      asked,
      async close() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
