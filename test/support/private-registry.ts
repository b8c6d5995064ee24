/** A registry that gives its one image only to those who have its password. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MOST_BYTES = 64 * 1024 * 1024;
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** A listening registry. */
export interface PrivateRegistry {
  /** `host:port`, as references of images begin with it. */
  readonly host: string;
  readonly image: string;
  /** Of the image's manifest. */
  readonly digest: string;
  /** What it asks for. */
  readonly login: { readonly username: string; readonly password: string };
  /** How many requests it turned away. */
  refusals(): number;
  /** The tags and digests under which manifests were handed out. */
  handedOut(): readonly string[];
  close(): Promise<void>;
}

/** Serves the image of an archive (OCI layout) at the node's own address, over HTTP. */
export async function openPrivateRegistry(
  archive: string,
  login: PrivateRegistry['login'],
): Promise<PrivateRegistry> {
  const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const manifest = await readManifest(archive);
  const digest = digestOf(manifest);
  const handedOut: string[] = [];
  let refused = 0;

  async function answer(url: string, authorization: string | undefined, response: ServerResponse) {
    if (authorization !== expected) {
      refused += 1;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="private"' }).end();
      return;
    }
    const [, kind, name = ''] = /^\/v2\/private\/(manifests|blobs)\/([\w:]+)$/.exec(url) ?? [];
    const isManifest = kind === 'manifests';
    if (isManifest && name !== '1' && name !== digest) throw new Error(`no manifest ${name}`);
    if (isManifest) handedOut.push(name);
    const content = isManifest ? manifest : await readBlob(archive, name);
    response.writeHead(200, {
      'content-type': isManifest ? MANIFEST_TYPE : 'application/octet-stream',
      'content-length': content.length,
      'docker-content-digest': digestOf(content),
    });
    response.end(content);
  }

  const server = createServer((request, response) => {
    answer(request.url ?? '', request.headers.authorization, response).catch(() => {
      response.writeHead(404).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ host, login, digest, image: `${host}/private:1` },
    refusals: () => refused,
    handedOut: () => handedOut,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

async function readManifest(archive: string): Promise<Buffer> {
  const index = JSON.parse((await readFile(archive, 'index.json')).toString()) as {
    manifests: [{ digest: string }];
  };
  return readBlob(archive, index.manifests[0].digest);
}

function readBlob(archive: string, digest: string): Promise<Buffer> {
  return readFile(archive, `blobs/${digest.replace(':', '/')}`);
}

async function readFile(archive: string, name: string): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: MOST_BYTES } as const;
  return (await run('tar', ['-xOf', archive, name], options)).stdout;
}
