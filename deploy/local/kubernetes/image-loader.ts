import { readFileSync } from 'node:fs';

import { runCommand } from '../command.ts';
import { findOnPath } from '../find-on-path.ts';
import type { Image } from '../images/image.ts';
import { LocalError } from '../local-error.ts';
import type { State } from '../state.ts';
import { runCtr } from './private-cluster.ts';

export interface ImageLoader {
  /** Brings an image archive (OCI or Docker) to the nodes. */
  load(archive: string): Promise<void>;
  /** True when the nodes are known to have an image of this name. */
  has(reference: string): Promise<boolean>;
}

/** The way to bring images to the private cluster, or to the one of a context. */
export function createImageLoader(state: State, context?: string): ImageLoader {
  return context === undefined ? containerdLoader(state) : contextLoader(context);
}

/** Loads those of the images that the cluster has not got with the same content. */
export async function loadMissing(
  state: State,
  loader: ImageLoader,
  images: readonly Image[],
): Promise<void> {
  for (const { reference, archive } of images) {
    const isSame = state.file.loadedImages?.[reference] === archive;
    if (isSame && (await loader.has(reference))) continue;
    await loader.load(archive);
    state.update((file) => {
      file.loadedImages = { ...file.loadedImages, [reference]: archive };
    });
  }
}

function containerdLoader(state: State): ImageLoader {
  return {
    load: async (archive) => {
      await runCtr(state, ['images', 'import', '-'], readFileSync(archive));
    },
    has: async (reference) =>
      (await runCtr(state, ['images', 'list', '--quiet'])).split('\n').includes(reference),
  };
}

/** What a cluster of somebody else holds is not asked for: its tool skips what is there. */
function contextLoader(context: string): ImageLoader {
  const [tool, args] = loadingTool(context);
  return {
    load: async (archive) => {
      if (findOnPath(tool) === undefined) {
        throw new LocalError(
          `${tool} is not on the PATH, and images are loaded into ${context} with it: install it.`,
        );
      }
      await runCommand(tool, args(archive));
    },
    has: async () => Promise.resolve(false),
  };
}

function loadingTool(context: string): [string, (archive: string) => string[]] {
  const [, kind, name] = /^(kind|k3d)-(.+)$/.exec(context) ?? [];
  if (kind === 'kind' && name !== undefined)
    return ['kind', (file) => ['load', 'image-archive', file, '--name', name]];
  if (kind === 'k3d' && name !== undefined)
    return ['k3d', (file) => ['image', 'import', file, '--cluster', name]];
  if (context.startsWith('minikube'))
    return ['minikube', (file) => ['--profile', context, 'image', 'load', file]];
  throw new LocalError(
    `There is no known way to load images into the cluster of ${context}: push them to a registry it can read and name them in ORRERY_SHIM_IMAGE, ORRERY_TRANSPORTER_IMAGE and ORRERY_DEMO_IMAGE.`,
  );
}
