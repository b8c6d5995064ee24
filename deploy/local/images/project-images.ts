import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from '../command.ts';
import { cacheDirectory, ROOT } from '../directories.ts';
import { findOnPath } from '../find-on-path.ts';
import { LocalError } from '../local-error.ts';
import { buildDemoImages, busyboxPath, type DemoImages, USERS } from './demo-images.ts';
import { buildImage, type Image } from './image.ts';
import type { ImageFile, ImageLayer } from './image-spec.ts';
import { programFiles } from './shared-libraries.ts';

export interface ProjectImages extends DemoImages {
  shim: Image;
  transporter: Image;
}

/** What the transporter's program imports: its own sources and those of the folders it may use. */
const TRANSPORTER_SOURCES = [
  'src/transporter',
  'src/storage',
  'src/tes',
  'src/errors',
  'src/bin/transporter.ts',
];
const CERTIFICATES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/** Compiles the shim and writes the images that every task needs, and those of examples and tests. */
export async function buildProjectImages(): Promise<ProjectImages> {
  const shim: ImageLayer = {
    files: { '/shim': { content: { from: await compileShim() }, mode: 0o755 } },
  };
  return {
    shim: buildImage({ name: 'orrery.local/shim', layers: [shim], entrypoint: ['/shim'] }),
    transporter: buildImage({
      name: 'orrery.local/transporter',
      layers: [await nodeLayer(), shim, sourcesLayer()],
      entrypoint: ['/shim'],
    }),
    ...(await buildDemoImages()),
  };
}

/** What containerd runs to hold a pod's namespaces: a program that sleeps. */
export async function buildPauseImage(): Promise<Image> {
  const files = await programFiles('/bin/busybox', busyboxPath());
  const layer: ImageLayer = { files, links: { '/pause': 'bin/busybox', '/bin/sleep': 'busybox' } };
  return buildImage({
    name: 'orrery.local/pause',
    tag: '1',
    layers: [layer],
    entrypoint: ['/bin/sleep', '2147483647'],
  });
}

async function compileShim(): Promise<string> {
  if (findOnPath('go') === undefined) {
    throw new LocalError(
      'Go is not on the PATH, and the exec shim is compiled with it: install Go 1.26 or newer (go.dev/dl).',
    );
  }
  const target = path.join(cacheDirectory(), 'shim');
  mkdirSync(path.dirname(target), { recursive: true });
  await runCommand(
    'go',
    ['build', '-C', 'shim', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', target, '.'],
    {
      cwd: ROOT,
      env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux' },
    },
  );
  return target;
}

async function nodeLayer(): Promise<ImageLayer> {
  const node = path.join(ROOT, `node_modules/node-linux-${process.arch}/bin/node`);
  const certificates = CERTIFICATES.find((file) => existsSync(file));
  return {
    directories: { '/tmp': 0o1777 },
    files: {
      ...USERS,
      ...(await programFiles('/usr/local/bin/node', node)),
      ...(certificates === undefined
        ? {}
        : { '/etc/ssl/certs/ca-certificates.crt': { content: { from: certificates } } }),
    },
  };
}

function sourcesLayer(): ImageLayer {
  const files: Record<string, ImageFile> = {
    '/app/package.json': { content: '{"type":"module"}\n' },
  };
  for (const source of TRANSPORTER_SOURCES.flatMap(filesBelow)) {
    files[`/app/${source}`] = { content: { from: path.join(ROOT, source) } };
  }
  return { files };
}

/** The TypeScript files at or below a path of the repository, as paths of the repository. */
function filesBelow(source: string): string[] {
  if (source.endsWith('.ts')) return existsSync(path.join(ROOT, source)) ? [source] : [];
  if (!existsSync(path.join(ROOT, source))) return [];
  return readdirSync(path.join(ROOT, source), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(source, name))
    .sort();
}
