/** What containers ask for and may use. */
import type { Destination } from '../../tes/destination.ts';
import { toMebibytes } from '../../tes/gigabytes.ts';
import type { Resources } from '../../tes/task.ts';
import type { ResourceRequirements } from '../objects.ts';
import type { PodSettings } from './settings.ts';

/** Gigabytes of 10^9 bytes as a Kubernetes quantity, rounded up to whole MiB. */
export function toQuantity(gigabytes: number): string {
  return `${toMebibytes(gigabytes)}Mi`;
}

/** Cores as a Kubernetes quantity, rounded up to whole thousandths, the finest that Kubernetes knows. */
export function toCpuQuantity(cores: number): string {
  const thousandths = Math.ceil(Number((cores * 1000).toFixed(6)));
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

/** What a pod may write beside the files of its task: its records, its log, and the directories of its images. */
const OTHER_MEBIBYTES = 1024;

/** What is asked for beside cores, memory and disk. */
interface Extras {
  readonly defaults: PodSettings['defaults'];
  readonly gpu?: Destination['gpu'];
}

/**
 * An executor gets exactly what was asked: request and limit are the same. Disk is requested only where the task
 * names it, so that the scheduler looks for a node that has it; its limit is of the pod, as the kubelet counts it.
 */
export function buildExecutorResources(
  asked: Resources | undefined,
  { defaults, gpu }: Extras,
): ResourceRequirements {
  const exact = {
    cpu: toCpuQuantity(asked?.cpu_cores ?? defaults.cpuCores),
    memory: toQuantity(asked?.ram_gb ?? defaults.ramGb),
    ...(gpu && { [gpu.resource]: String(gpu.count) }),
  };
  const disk = toMebibytes(asked?.disk_gb ?? defaults.diskGb) + OTHER_MEBIBYTES;
  return {
    requests: {
      ...exact,
      // A limit without a request would be requested too.
      'ephemeral-storage': asked?.disk_gb === undefined ? '0' : toQuantity(asked.disk_gb),
    },
    limits: { ...exact, 'ephemeral-storage': `${disk}Mi` },
  };
}

/** Our own stages ask for little: of init containers Kubernetes counts only the largest request. */
export function buildStageResources(transfers: boolean): ResourceRequirements {
  return transfers
    ? { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } }
    : { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '1', memory: '256Mi' } };
}
