/** The volumes of a pod and what of them each container sees. */
import type { MountPlan } from '../../tes/mount-plan.ts';
import type { StageSpec } from '../../tes/stage-spec.ts';
import type { Volume, VolumeMount } from '../objects.ts';
import type { PodPlan } from '../ports.ts';
import {
  claimPlace,
  claimVolume,
  executorName,
  OUTPUTS,
  partName,
  PLACES,
  READ_ONLY_ROOT,
  secretName,
  VIRTUAL_ROOT,
  VOLUMES,
} from './names.ts';
import { toQuantity } from './resources.ts';
import { countSpecParts } from './secrets.ts';
import type { PodSettings } from './settings.ts';

/** Bounds what an executor can write into its own record directory. */
const RECORDS_LIMIT = '256Mi';

/** Only `inputs` mounts the specification, as root; where it is not root it must be readable to that user. */
const OWNER_READS = 0o400;
const ALL_READ = 0o444;

/** Every volume of the pod; a file claim only where the task uses it. */
export function buildVolumes(plan: PodPlan, spec: StageSpec, settings: PodSettings): Volume[] {
  const disk = plan.document.resources?.disk_gb ?? settings.defaults.diskGb;
  const used = new Set([...claimsOf(spec.fetches), ...claimsOf(spec.outputs.uploads)]);
  return [
    { name: VOLUMES.shim, emptyDir: {} },
    { name: VOLUMES.records, emptyDir: { sizeLimit: RECORDS_LIMIT } },
    { name: VOLUMES.scratch, emptyDir: { sizeLimit: toQuantity(disk) } },
    {
      name: VOLUMES.spec,
      projected: {
        defaultMode: settings.restricted ? ALL_READ : OWNER_READS,
        sources: Array.from({ length: countSpecParts(plan, settings) }, (_, part) => ({
          secret: {
            name: secretName(plan, part),
            items: [{ key: partName(part), path: partName(part) }],
          },
        })),
      },
    },
    ...settings.fileClaims.flatMap(({ claim }, index) =>
      used.has(claimPlace(index))
        ? [{ name: claimVolume(index), persistentVolumeClaim: { claimName: claim } }]
        : [],
    ),
  ];
}

/** `inputs` writes shim, records and files, and alone reads the specification. */
export function buildInputsMounts(spec: StageSpec): VolumeMount[] {
  return [
    { name: VOLUMES.shim, mountPath: PLACES.shim },
    { name: VOLUMES.records, mountPath: PLACES.records },
    { name: VOLUMES.scratch, mountPath: PLACES.scratch },
    { name: VOLUMES.spec, mountPath: PLACES.spec, readOnly: true },
    ...toClaimMounts(claimsOf(spec.fetches), { readOnly: true }),
  ];
}

/** An executor sees its shim and all records read-only, its own record and the task's files writable. */
export function buildExecutorMounts(
  index: number,
  { mounts, readOnly }: Pick<MountPlan, 'mounts' | 'readOnly'>,
): VolumeMount[] {
  const own = executorName(index);
  return [
    { name: VOLUMES.shim, mountPath: PLACES.run, subPath: own, readOnly: true },
    { name: VOLUMES.records, mountPath: PLACES.records, readOnly: true },
    { name: VOLUMES.records, mountPath: PLACES.record, subPath: own },
    { name: VOLUMES.scratch, mountPath: PLACES.files, subPath: VIRTUAL_ROOT },
    ...mounts.map((path) => toScratchMount(path, VIRTUAL_ROOT)),
    ...readOnly.map((path) => ({ ...toScratchMount(path, READ_ONLY_ROOT), readOnly: true })),
  ];
}

function toScratchMount(path: string, tree: string): VolumeMount {
  return { name: VOLUMES.scratch, mountPath: path, subPath: `${tree}${path}` };
}

/** `outputs` reads all records and writes its own; it needs no Secret. */
export function buildOutputsMounts(spec: StageSpec): VolumeMount[] {
  return [
    { name: VOLUMES.records, mountPath: PLACES.records, readOnly: true },
    { name: VOLUMES.records, mountPath: PLACES.record, subPath: OUTPUTS },
    { name: VOLUMES.scratch, mountPath: PLACES.scratch },
    ...toClaimMounts(claimsOf(spec.outputs.uploads), {}),
  ];
}

function claimsOf(transfers: readonly { readonly claim?: { readonly mount: string } }[]): string[] {
  const places = transfers.flatMap((one) => (one.claim === undefined ? [] : [one.claim.mount]));
  return [...new Set(places)].sort();
}

function toClaimMounts(places: readonly string[], rights: { readOnly?: true }): VolumeMount[] {
  return places.map((place) => ({
    name: claimVolume(Number(place.slice(place.lastIndexOf('/') + 1))),
    mountPath: place,
    ...rights,
  }));
}
