import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildImage } from '../../../deploy/local/images/image.ts';
import type { ImageSpec } from '../../../deploy/local/images/image-spec.ts';
import { buildLayer } from '../../../deploy/local/images/layer.ts';
import { buildTar } from '../../../deploy/local/images/tar.ts';
import { makeTempFolder } from './temp-folder.ts';

const SPEC: ImageSpec = {
  name: 'orrery.local/example',
  layers: [
    {
      directories: { '/tmp': 0o1777 },
      files: {
        '/bin/tool': { content: 'tool', mode: 0o755 },
        '/etc/passwd': { content: 'root:x:0:0::/:/bin/sh\n' },
      },
      links: { '/bin/alias': 'tool' },
    },
  ],
  user: '1000',
};

let folder: string;
let cacheBefore: string | undefined;

beforeAll(() => {
  folder = makeTempFolder();
  cacheBefore = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = folder;
});

afterAll(() => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  rmSync(folder, { recursive: true });
});

describe('an image archive', () => {
  it('has the same bytes and name whenever the content is the same', () => {
    const first = buildImage(SPEC);
    const bytes = readFileSync(first.archive);
    rmSync(first.archive);
    const second = buildImage({ ...SPEC, layers: SPEC.layers.map((layer) => ({ ...layer })) });

    expect(second.reference).toBe(first.reference);
    expect(readFileSync(second.archive).equals(bytes)).toBe(true);
  });

  it('has another name when a file changes', () => {
    const changed = buildImage({
      ...SPEC,
      layers: [...SPEC.layers, { files: { '/x': { content: 'y' } } }],
    });

    expect(changed.reference).not.toBe(buildImage(SPEC).reference);
  });

  it('keeps a tag that the specification gives', () => {
    expect(buildImage({ ...SPEC, tag: '1' }).reference).toBe('orrery.local/example:1');
  });

  it('names the image, its user and its layer where containerd and Docker look for them', () => {
    const { archive, reference } = buildImage(SPEC);
    const read = (name: string): string => execFileSync('tar', ['-xOf', archive, name]).toString();
    const [docker] = JSON.parse(read('manifest.json')) as [
      { Config: string; RepoTags: string[]; Layers: string[] },
    ];
    const index = JSON.parse(read('index.json')) as {
      manifests: { annotations: Record<string, string> }[];
    };

    expect(docker.RepoTags).toEqual([reference]);
    expect(docker.Layers).toHaveLength(1);
    expect(index.manifests[0]?.annotations['io.containerd.image.name']).toBe(reference);
    expect(JSON.parse(read(docker.Config))).toMatchObject({
      os: 'linux',
      config: { User: '1000' },
    });
  });
});

describe('a layer', () => {
  it('is an archive that tar reads: parents before children, modes and links as given', () => {
    const [layer] = SPEC.layers;
    const listed = execFileSync('tar', ['-tvf', '-'], { input: buildLayer(layer ?? {}) })
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+\d+ \d{4}-\d\d-\d\d \d\d:\d\d /, ' ').replace(/\s+/g, ' '));

    expect(listed).toEqual([
      'drwxr-xr-x 0/0 bin/',
      'lrwxrwxrwx 0/0 bin/alias -> tool',
      '-rwxr-xr-x 0/0 bin/tool',
      'drwxr-xr-x 0/0 etc/',
      '-rw-r--r-- 0/0 etc/passwd',
      'drwxrwxrwt 0/0 tmp/',
    ]);
  });

  it('refuses a path that is not absolute', () => {
    expect(() => buildLayer({ files: { 'etc/passwd': { content: '' } } })).toThrow(
      'must be an absolute path',
    );
  });
});

describe('a tar archive', () => {
  it('carries names of more than 100 bytes', () => {
    const name = `${'d'.repeat(90)}/${'f'.repeat(90)}`;
    const archive = buildTar([{ name, mode: 0o644, content: Buffer.from('x') }]);

    expect(execFileSync('tar', ['-tf', '-'], { input: archive }).toString().trim()).toBe(name);
  });

  it('refuses a name that fits into no header', () => {
    expect(() => buildTar([{ name: 'n'.repeat(101), mode: 0o644 }])).toThrow('too long');
  });
});
