import { homedir } from 'node:os';
import path from 'node:path';

import { allEnded } from '../all-ended.ts';
import { cacheDirectory } from '../directories.ts';
import { buildPauseImage, buildProjectImages } from '../images/project-images.ts';
import { withLock } from '../lock.ts';
import type { Progress } from '../progress.ts';
import type { State } from '../state.ts';
import { type CoreV1Api, createClient } from './client.ts';
import { ensureFilesVolume, type FilesVolume, isSharedWithPods } from './files-volume.ts';
import { createImageLoader, type ImageLoader, loadMissing } from './image-loader.ts';
import { findKube, requireCompiler } from './kube-binary.ts';
import { installPrerequisites, requirePrivateCluster } from './prerequisites.ts';
import { ensurePrivateCluster, waitForContainerd } from './private-cluster.ts';
import { ensureNamespace, waitForNode } from './readiness.ts';

export interface ClusterChoice {
  /** A context of the user's kubeconfig; absent: the private cluster. */
  context?: string;
  /** The folder that tasks may read and write by `file://` URLs. */
  files: string;
}

/** A cluster that can run tasks. */
export interface Cluster {
  kubeconfigPath: string;
  context?: string;
  taskNamespace: string;
  /** Absent when pods of this cluster do not see this machine's folder. */
  files?: FilesVolume;
  images: { shim: string; transporter: string; demo: string; user?: string; bare?: string };
  loadImage: (archive: string) => Promise<void>;
}

export interface ClusterWork {
  state: State;
  progress: Progress;
  choice: ClusterChoice;
  isDurable: boolean;
}

const NAMESPACE = 'orrery-tasks';

/** Throws the sentence for a cluster that this machine cannot have, before anything is started. */
export function requireCluster({ context }: ClusterChoice): void {
  if (context === undefined) {
    requirePrivateCluster();
    requireCompiler();
  } else {
    createClient(userKubeconfig(), context);
  }
}

/** Brings up the chosen cluster with the namespace, the files volume and the images that tasks need. */
export async function ensureCluster(work: ClusterWork): Promise<Cluster> {
  const { state, choice } = work;
  state.update((file) => {
    if (choice.context === undefined) delete file.context;
    else file.context = choice.context;
  });
  return choice.context === undefined ? ensurePrivate(work) : useExisting(work, choice.context);
}

/** The kubeconfig that kubectl would take. */
export function userKubeconfig(): string {
  const [first] = (process.env['KUBECONFIG'] ?? '').split(path.delimiter);
  return first === undefined || first === '' ? path.join(homedir(), '.kube/config') : first;
}

async function ensurePrivate(work: ClusterWork): Promise<Cluster> {
  const { state, progress, isDurable, choice } = work;
  await progress.step('Debian packages of the private cluster', async (note) =>
    withLock(path.join(cacheDirectory(), 'packages.lock'), async () => installPrerequisites(note)),
  );
  const kube = await progress.step('Kubernetes program', async (note) =>
    withLock(path.join(cacheDirectory(), 'kube.lock'), async () => findKube(note)),
  );
  const loader = createImageLoader(state);
  const pause = await buildPauseImage();
  const cluster = await progress.step('Kubernetes cluster', async () => {
    const started = await ensurePrivateCluster({
      state,
      kube,
      pauseImage: pause.reference,
      isDurable,
    });
    await waitForContainerd(state);
    await loadMissing(state, loader, [pause]);
    return started;
  });
  const api = createClient(cluster.kubeconfigPath);
  const node = async (): Promise<FilesVolume> =>
    progress.step('Kubernetes node', async () => {
      await waitForNode(api, cluster, state.path('logs'));
      await ensureNamespace(api, NAMESPACE);
      return ensureFilesVolume(api, NAMESPACE, choice.files);
    });
  const [files, images] = await allEnded([node(), loadProjectImages(work, loader)] as const);
  return {
    kubeconfigPath: cluster.kubeconfigPath,
    taskNamespace: NAMESPACE,
    files,
    images,
    loadImage: async (archive) => loader.load(archive),
  };
}

async function useExisting(work: ClusterWork, context: string): Promise<Cluster> {
  const { state, progress, choice } = work;
  const kubeconfigPath = userKubeconfig();
  const api = createClient(kubeconfigPath, context);
  await progress.step(`Kubernetes context ${context}`, async () => ensureNamespace(api, NAMESPACE));
  const named = namedImages();
  const loader = named === undefined ? createImageLoader(state, context) : undefined;
  const images =
    named ?? (loader === undefined ? undefined : await loadProjectImages(work, loader));
  if (images === undefined) throw new Error('unreachable: images are named or loaded');
  const files = await progress.step('files volume', async () =>
    sharedFiles(api, choice.files, images.demo),
  );
  if (files === undefined) {
    progress.say(
      `  Pods of ${context} do not see ${choice.files}: file:// URLs are not available there.`,
    );
  }
  return {
    kubeconfigPath,
    context,
    taskNamespace: NAMESPACE,
    ...(files === undefined ? {} : { files }),
    images,
    loadImage: async (archive) => createImageLoader(state, context).load(archive),
  };
}

async function sharedFiles(
  api: CoreV1Api,
  folder: string,
  image: string,
): Promise<FilesVolume | undefined> {
  const files = await ensureFilesVolume(api, NAMESPACE, folder);
  return (await isSharedWithPods(api, { ...files, namespace: NAMESPACE, image }))
    ? files
    : undefined;
}

async function loadProjectImages(
  { state, progress }: ClusterWork,
  loader: ImageLoader,
): Promise<Cluster['images']> {
  return progress.step('images (shim, transporter, demos)', async () => {
    const images = await buildProjectImages();
    await loadMissing(state, loader, Object.values(images));
    return {
      shim: images.shim.reference,
      transporter: images.transporter.reference,
      demo: images.demo.reference,
      user: images.user.reference,
      bare: images.bare.reference,
    };
  });
}

/** Images that the user has pushed to a registry, for clusters into which none can be loaded. */
function namedImages(): Cluster['images'] | undefined {
  const shim = process.env['ORRERY_SHIM_IMAGE'];
  const transporter = process.env['ORRERY_TRANSPORTER_IMAGE'];
  const demo = process.env['ORRERY_DEMO_IMAGE'];
  if (shim === undefined || transporter === undefined || demo === undefined) return undefined;
  return { shim, transporter, demo };
}
