/** Tool registries over real connections: what they may answer, and what is not followed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createToolRegistry, type ToolImage } from '../../../src/trs/tool-registry.ts';
import { startToolServer, type ToolServer } from '../../support/tool-server.ts';

const IMAGES = {
  plain: [{ image_type: 'Docker', registry_host: 'quay.io', image_name: 'team/tool:1' }],
  several: [
    { image_type: 'Conda', registry_host: 'http://anaconda.org/', image_name: 'samtools==1.9' },
    {
      image_type: 'Singularity',
      registry_host: 'depot.example.org/singularity/',
      image_name: 'https://depot.example.org/singularity/samtools:1.9--h91753b0_8',
    },
    {
      image_type: 'Docker',
      registry_host: 'quay.io/',
      image_name: 'quay.io/biocontainers/samtools:1.9--h91753b0_8',
      checksum: [{ checksum: 'abc', type: 'sha256' }],
    },
  ],
  word: [{ image_type: 'Docker', registry_host: 'QUAY_IO', image_name: 'quay.io/team/tool:1' }],
  hub: [
    {
      image_type: 'docker',
      registry_host: 'https://registry.hub.docker.com/',
      image_name: 'team/tool',
    },
  ],
  bare: [{ image_name: 'ubuntu:latest' }],
  none: [
    { image_type: 'Conda', image_name: 'samtools' },
    { image_type: 'Docker', image_name: '' },
    null,
    7,
  ],
  absent: undefined,
} as const;

const MIB = 1024 * 1024;
let server: ToolServer;

beforeAll(async () => {
  server = await startToolServer((request, response) => {
    const [, , , , , id = '', , version] = (request.url ?? '').split('/');
    const name = decodeURIComponent(id);
    if (name in IMAGES) {
      response.end(JSON.stringify({ id: version, images: IMAGES[name as keyof typeof IMAGES] }));
    } else if (name === 'moved') {
      response.writeHead(302, { location: `/ga4gh/trs/v2/tools/plain/versions/1` }).end();
    } else if (name === 'elsewhere') {
      response.writeHead(301, { location: 'https://elsewhere.example.org/' }).end();
    } else if (name === 'unsafe') {
      response.writeHead(307, { location: `http://${server.host}/` }).end();
    } else if (name === 'circle') {
      response.writeHead(302, { location: request.url }).end();
    } else if (name === 'large') {
      response.end(JSON.stringify({ images: [], text: 'x'.repeat(MIB) }));
    } else if (name === 'text') {
      response.end('<html>');
    } else if (name === 'silent') {
      response.writeHead(200).write('{');
    } else {
      response.writeHead(name === 'broken' ? 500 : 404).end('{}');
    }
  });
});
afterAll(() => server.close());

function ask(
  id: string,
  more: { privateAddresses?: boolean; host?: string } = {},
): Promise<ToolImage> {
  const { host = server.host, privateAddresses = true } = more;
  const timeoutMs = id === 'silent' ? 500 : 10_000;
  const options = { privateAddresses, timeoutMs, maxBytes: MIB, ca: server.ca };
  return createToolRegistry(options).imageOf({ host, id, version: '1' });
}

describe('the image of a tool', () => {
  it.each([
    ['plain', 'quay.io/team/tool:1'],
    ['several', 'quay.io/biocontainers/samtools:1.9--h91753b0_8'],
    ['word', 'quay.io/team/tool:1'],
    ['hub', 'docker.io/team/tool'],
    ['bare', 'ubuntu:latest'],
    ['moved', 'quay.io/team/tool:1'],
  ])('of the answer %s is %s', async (id, image) => {
    await expect(ask(id)).resolves.toEqual({ image });
  });

  it.each([
    ['none', /without a Docker image/],
    ['absent', /without a Docker image/],
    ['unknown', /does not exist at localhost:/],
  ])('cannot be had of the answer %s', async (id, fault) => {
    await expect(ask(id)).resolves.toEqual({ fault: expect.stringMatching(fault) });
  });

  it.each([
    ['elsewhere', /redirects to another host, which is not followed/],
    ['unsafe', /redirects to another host/],
    ['circle', /redirects too often/],
    ['large', /answer is too large/],
    ['text', /answer is not JSON/],
    ['silent', /does not answer in time/],
    ['broken', /answers 500; try again later/],
  ])('cannot be asked for where the registry is %s', async (id, sentence) => {
    await expect(ask(id)).rejects.toMatchObject({
      code: 'Unavailable',
      status: 503,
      userMessage: expect.stringMatching(sentence),
    });
  });

  it('is asked for under the encoded id and version', async () => {
    await ask('quay.io/team/tool');

    expect(server.asked).toContain('/ga4gh/trs/v2/tools/quay.io%2Fteam%2Ftool/versions/1');
  });

  it('is asked for once by many at once, and anew after a failure', async () => {
    const options = { privateAddresses: true, timeoutMs: 10_000, maxBytes: MIB, ca: server.ca };
    const tools = createToolRegistry(options);
    const of = (id: string) => tools.imageOf({ host: server.host, id, version: 'once' });
    const count = (id: string) =>
      server.asked.filter((path) => path.includes(`/${id}/versions/once`));

    await Promise.all([of('plain'), of('plain'), of('plain')]);
    await of('broken').catch(() => undefined);
    await of('broken').catch(() => undefined);

    expect([count('plain').length, count('broken').length]).toEqual([1, 2]);
  });
});

describe('a private address', () => {
  it.each(['localhost', '127.0.0.1', '10.0.0.1', '169.254.169.254', '[::1]', '[::ffff:10.0.0.1]'])(
    'is not connected to: %s',
    async (name) => {
      const before = server.asked.length;
      const host = server.host.replace('localhost', name);

      await expect(ask('plain', { host, privateAddresses: false })).rejects.toMatchObject({
        userMessage: expect.stringMatching(/its address is private|EPRIVATE/),
      });
      expect(server.asked).toHaveLength(before);
    },
  );
});
