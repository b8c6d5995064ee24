import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { shortHash } from '../directories.ts';
import { LocalError } from '../local-error.ts';
import { waitUntil } from '../wait.ts';
import {
  type CoreV1Api,
  orAbsent,
  orDone,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
  type V1Pod,
} from './client.ts';

export interface FilesVolume {
  /** The folder as tasks name it in `file://` URLs: absolute, links resolved. */
  directory: string;
  /** The claim in the tasks' namespace; its volume has the same name. */
  claim: string;
}

const PATIENCE_SECONDS = 60;
const PROBE_SECONDS = 90;

/** Makes the folder and the volume and claim over it, which tasks use through the transporter only. */
export async function ensureFilesVolume(
  api: CoreV1Api,
  namespace: string,
  folder: string,
): Promise<FilesVolume> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new LocalError(
      `The files folder ${folder} cannot be made: choose another with --files.`,
      { cause },
    );
  }
  const directory = realpathSync(folder);
  const claim = claimName(directory);
  const isBound = async (): Promise<boolean> => isBoundNow(api, { namespace, claim, directory });
  if (!(await waitUntil(isBound, PATIENCE_SECONDS))) {
    throw new LocalError(
      `The volume ${claim} over ${directory} is not bound after ${PATIENCE_SECONDS} s: look at \`npm run local -- kubectl describe pv ${claim}\`.`,
    );
  }
  return { directory, claim };
}

/** The name of a folder's volume and claim: the folder's hash, so that a name always means the same folder. */
function claimName(directory: string): string {
  return `orrery-files-${shortHash(directory, 12)}`;
}

/**
 * True when a pod reads back what this machine wrote into the folder. On a cluster that is not this machine the
 * volume would be another folder of the same name, or none.
 */
export async function isSharedWithPods(
  api: CoreV1Api,
  volume: FilesVolume & { namespace: string; image: string },
): Promise<boolean> {
  const marker = `.orrery-probe-${randomBytes(6).toString('hex')}`;
  const file = path.join(volume.directory, marker);
  const { namespace } = volume;
  const name = `orrery-probe-${randomBytes(4).toString('hex')}`;
  writeFileSync(file, marker);
  try {
    await api.createNamespacedPod({ namespace, body: probePod(name, marker, volume) });
    let phase: string | undefined;
    const hasEnded = async (): Promise<boolean> => {
      phase = (await orAbsent(api.readNamespacedPod({ name, namespace })))?.status?.phase;
      return phase === 'Succeeded' || phase === 'Failed';
    };
    await waitUntil(hasEnded, PROBE_SECONDS);
    return phase === 'Succeeded';
  } finally {
    rmSync(file, { force: true });
    await orDone(api.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }));
  }
}

interface Wanted {
  namespace: string;
  claim: string;
  directory: string;
}

/** One look: makes what is absent, removes what can never bind again, and says whether the claim is bound. */
async function isBoundNow(api: CoreV1Api, wanted: Wanted): Promise<boolean> {
  const { namespace, claim } = wanted;
  const volume = await orAbsent(api.readPersistentVolume({ name: claim }));
  const phase = volume?.status?.phase;
  if (volume === undefined) {
    await orDone(api.createPersistentVolume({ body: volumeBody(wanted) }));
  } else if (phase === 'Released' || phase === 'Failed') {
    // Its claim was deleted; a released volume keeps the uid of that claim and takes no other.
    await orDone(api.deletePersistentVolume({ name: claim }));
  }
  const found = await orAbsent(api.readNamespacedPersistentVolumeClaim({ name: claim, namespace }));
  if (found === undefined) {
    await orDone(api.createNamespacedPersistentVolumeClaim({ namespace, body: claimBody(claim) }));
  } else if (found.status?.phase === 'Lost') {
    await orDone(api.deleteNamespacedPersistentVolumeClaim({ name: claim, namespace }));
  }
  return phase === 'Bound' && found?.status?.phase === 'Bound';
}

/** The size is not enforced for a folder of the host; the claim's and the volume's just have to match. */
const SIZE = '1Ti';

function volumeBody({ namespace, claim, directory }: Wanted): V1PersistentVolume {
  return {
    metadata: { name: claim },
    spec: {
      capacity: { storage: SIZE },
      accessModes: ['ReadWriteMany'],
      storageClassName: '',
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace, name: claim },
      hostPath: { path: directory, type: 'Directory' },
    },
  };
}

function claimBody(claim: string): V1PersistentVolumeClaim {
  return {
    metadata: { name: claim },
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName: '',
      volumeName: claim,
      resources: { requests: { storage: SIZE } },
    },
  };
}

function probePod(
  name: string,
  marker: string,
  { claim, image }: FilesVolume & { image: string },
): V1Pod {
  return {
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'probe',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['grep', '-q', marker, `/files/${marker}`],
          volumeMounts: [{ name: 'files', mountPath: '/files', readOnly: true }],
        },
      ],
      volumes: [{ name: 'files', persistentVolumeClaim: { claimName: claim, readOnly: true } }],
    },
  };
}
