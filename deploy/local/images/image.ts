import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { cacheDirectory, shortHash } from '../directories.ts';
import type { ImageSpec } from './image-spec.ts';
import { buildLayer } from './layer.ts';
import { buildTar, type TarEntry } from './tar.ts';

export interface Image {
  /** Name and tag, as a pod names it. */
  reference: string;
  /** The archive (OCI layout, with the Docker manifest beside it), ready to load. */
  archive: string;
}

const TAG_LENGTH = 16;
const KEPT_ARCHIVES = 4;
const DEFAULT_ENV = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/**
 * Writes an image as an archive into the user's cache, or finds it there. Nothing but Node is needed, and the same
 * content gives the same bytes, hence the same digest.
 */
export function buildImage(spec: ImageSpec): Image {
  const layers = spec.layers.map(buildLayer);
  const config = Buffer.from(JSON.stringify(imageConfig(spec, layers.map(digest))));
  const content = digest(config).slice('sha256:'.length);
  const reference = `${spec.name}:${spec.tag ?? content.slice(0, TAG_LENGTH)}`;
  const name = path.basename(spec.name);
  const folder = path.join(cacheDirectory(), 'images', name);
  const archive = path.join(folder, `${shortHash(reference + content, TAG_LENGTH)}.tar`);
  if (!existsSync(archive)) {
    mkdirSync(folder, { recursive: true });
    removeOld(folder);
    const partial = `${archive}.${process.pid}`;
    writeFileSync(partial, buildArchive(reference, config, layers));
    renameSync(partial, archive);
  }
  return { reference, archive };
}

/** Each change of the sources makes a new archive of the transporter (50 MB): the older ones go. */
function removeOld(folder: string): void {
  const byAge = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of byAge.slice(KEPT_ARCHIVES)) rmSync(old, { force: true });
}

/** An OCI layout; `manifest.json` beside it makes tools that know only Docker's format read it too. */
function buildArchive(reference: string, config: Buffer, layers: readonly Buffer[]): Buffer {
  const compressed = layers.map((layer) => gzipSync(layer, { level: 1 }));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: describe('application/vnd.oci.image.config.v1+json', config),
      layers: compressed.map((layer) =>
        describe('application/vnd.oci.image.layer.v1.tar+gzip', layer),
      ),
    }),
  );
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...describe('application/vnd.oci.image.manifest.v1+json', manifest),
        annotations: {
          'io.containerd.image.name': reference,
          'org.opencontainers.image.ref.name': reference.split(':').pop(),
        },
      },
    ],
  };
  const docker = [
    { Config: blobPath(config), RepoTags: [reference], Layers: compressed.map(blobPath) },
  ];
  const blobs = new Map([config, manifest, ...compressed].map((blob) => [blobPath(blob), blob]));
  return buildTar([
    file('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')),
    directory('blobs'),
    directory('blobs/sha256'),
    ...[...blobs].map(([name, blob]) => file(name, blob)),
    file('index.json', Buffer.from(JSON.stringify(index))),
    file('manifest.json', Buffer.from(JSON.stringify(docker))),
  ]);
}

function imageConfig(spec: ImageSpec, diffIds: readonly string[]): unknown {
  const created = '1970-01-01T00:00:00Z';
  return {
    created,
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {
      Env: spec.env ?? DEFAULT_ENV,
      Entrypoint: spec.entrypoint,
      Cmd: spec.command,
      User: spec.user,
      WorkingDir: spec.workingDirectory ?? '/',
    },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map(() => ({ created, created_by: 'orrery' })),
  };
}

function describe(
  mediaType: string,
  blob: Buffer,
): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: digest(blob), size: blob.length };
}

function digest(blob: Buffer): string {
  return `sha256:${createHash('sha256').update(blob).digest('hex')}`;
}

function blobPath(blob: Buffer): string {
  return `blobs/sha256/${digest(blob).slice('sha256:'.length)}`;
}

function file(name: string, content: Buffer): TarEntry {
  return { name, content, mode: 0o644 };
}

function directory(name: string): TarEntry {
  return { name, mode: 0o755, isDirectory: true };
}
