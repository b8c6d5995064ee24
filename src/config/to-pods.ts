/** The settings of task pods as the pod builders and the API take them. */
import type { ImageRules } from '../tes/image-rules.ts';
import type { Offers, ResourceMaximums, TimeoutLimits } from '../tes/offers.ts';
import type { PodRules } from '../tes/pod-rules.ts';
import { toFileClaims } from './lists.ts';
import {
  toExecutorSecrets,
  toImagePatterns,
  toPullSecrets,
  toRegistry,
  toServiceAccounts,
  toToolHosts,
  toZones,
} from './pod-lists.ts';
import { toGpuProfiles, toPlacement, toPlacements } from './profiles.ts';
import type { Settings } from './schema.ts';

/** The rules of pods, with what is asked of images before a pod is built. */
export interface PodConfig extends PodRules {
  readonly images: PodRules['images'] & ImageRules;
}

type Report = (name: keyof Settings, fault: string) => void;

const KIB = 1024;

/** A user that no image is likely to know and that is nobody on the nodes. */
const NOBODY = 65_532;

/** Groups the settings of task pods. What is wrong with one is given to `report`. */
export function toPods(settings: Settings, report: Report): PodConfig {
  const of = (name: keyof Settings) => (fault: string) => {
    report(name, fault);
  };
  const user = toUser(settings, report);
  const defaultRegistry = toRegistry(
    settings.ORRERY_IMAGE_DEFAULT_REGISTRY,
    of('ORRERY_IMAGE_DEFAULT_REGISTRY'),
  );
  const {
    ORRERY_RUN_DEADLINE_SECONDS: runDeadlineSeconds,
    ORRERY_TASK_SERVICE_ACCOUNT: serviceAccount,
  } = settings;
  return {
    shimImage: settings.ORRERY_SHIM_IMAGE,
    transporterImage: settings.ORRERY_TRANSPORTER_IMAGE,
    imagePullPolicy: settings.ORRERY_IMAGE_PULL_POLICY,
    images: {
      ...(defaultRegistry !== undefined && { defaultRegistry }),
      allowed: toImagePatterns(settings.ORRERY_IMAGES_ALLOWED, of('ORRERY_IMAGES_ALLOWED')),
      toolHosts: toToolHosts(settings.ORRERY_TRS_HOSTS, of('ORRERY_TRS_HOSTS')),
      pullSecrets: toPullSecrets(
        settings.ORRERY_IMAGE_PULL_SECRETS,
        of('ORRERY_IMAGE_PULL_SECRETS'),
      ),
    },
    defaults: {
      cpuCores: settings.ORRERY_DEFAULT_CPU_CORES,
      ramGb: settings.ORRERY_DEFAULT_RAM_GB,
      diskGb: settings.ORRERY_DEFAULT_DISK_GB,
    },
    offers: toOffers(settings, report),
    fileClaims: toFileClaims(settings.ORRERY_FILE_CLAIMS, of('ORRERY_FILE_CLAIMS')),
    inputsReadOnly: settings.ORRERY_INPUTS_READ_ONLY,
    tailBytes: settings.ORRERY_LOG_TAIL_KIB * KIB,
    graceSeconds: settings.ORRERY_TERMINATION_GRACE_SECONDS,
    ...(runDeadlineSeconds !== undefined && { runDeadlineSeconds }),
    restricted: settings.ORRERY_POD_SECURITY === 'restricted',
    ...(user && { user }),
    ...(serviceAccount !== undefined && { serviceAccount }),
    executorSecrets: toExecutorSecrets(
      settings.ORRERY_EXECUTOR_SECRETS,
      of('ORRERY_EXECUTOR_SECRETS'),
    ),
  };
}

function toUser(settings: Settings, report: Report): PodConfig['user'] {
  const { ORRERY_RUN_AS_USER: asked, ORRERY_RUN_AS_GROUP: gid } = settings;
  const uid = asked ?? (settings.ORRERY_POD_SECURITY === 'restricted' ? NOBODY : undefined);
  if (uid !== undefined) return { uid, gid: gid ?? uid };
  if (gid !== undefined)
    report('ORRERY_RUN_AS_GROUP', 'must not be set without ORRERY_RUN_AS_USER');
  return undefined;
}

function toOffers(settings: Settings, report: Report): Offers {
  const of = (name: keyof Settings) => (fault: string) => {
    report(name, fault);
  };
  return {
    maximums: toMaximums(settings, report),
    placements: toPlacements(settings.ORRERY_PLACEMENT_PROFILES, of('ORRERY_PLACEMENT_PROFILES')),
    gpus: toGpuProfiles(settings.ORRERY_GPU_PROFILES, of('ORRERY_GPU_PROFILES')),
    preemptible: toPlacement(
      settings.ORRERY_PREEMPTIBLE_PLACEMENT,
      of('ORRERY_PREEMPTIBLE_PLACEMENT'),
    ),
    zones: toZones(settings.ORRERY_ZONES, of('ORRERY_ZONES')),
    serviceAccounts: toServiceAccounts(
      settings.ORRERY_SERVICE_ACCOUNTS,
      of('ORRERY_SERVICE_ACCOUNTS'),
    ),
    timeouts: toTimeouts(settings, report),
  };
}

/** What a task gets without asking must be something it could ask for. */
function toMaximums(settings: Settings, report: Report): ResourceMaximums {
  const pairs = [
    ['cpuCores', 'ORRERY_MAX_CPU_CORES', 'ORRERY_DEFAULT_CPU_CORES'],
    ['ramGb', 'ORRERY_MAX_RAM_GB', 'ORRERY_DEFAULT_RAM_GB'],
    ['diskGb', 'ORRERY_MAX_DISK_GB', 'ORRERY_DEFAULT_DISK_GB'],
  ] as const;
  const known = pairs.flatMap(([key, maximum, standard]) => {
    const most = settings[maximum];
    if (most === undefined) return [];
    if (most < settings[standard]) {
      report(maximum, `must not be less than ${standard}, which is ${settings[standard]}`);
    }
    return [[key, most]];
  });
  return Object.fromEntries(known) as ResourceMaximums;
}

function toTimeouts(settings: Settings, report: Report): TimeoutLimits {
  const pairs = [
    ['queueMs', 'ORRERY_MAX_QUEUE_DEADLINE_SECONDS', 'ORRERY_QUEUE_DEADLINE_SECONDS'],
    ['pullMs', 'ORRERY_MAX_PULL_DEADLINE_SECONDS', 'ORRERY_PULL_DEADLINE_SECONDS'],
    ['runMs', 'ORRERY_MAX_RUN_DEADLINE_SECONDS', 'ORRERY_RUN_DEADLINE_SECONDS'],
    ['totalMs', 'ORRERY_MAX_TOTAL_DEADLINE_SECONDS', 'ORRERY_TOTAL_DEADLINE_SECONDS'],
  ] as const;
  const known = pairs.flatMap(([key, maximum, standard]) => {
    const usual = settings[standard];
    const most = settings[maximum] ?? usual;
    if (most === undefined) return [];
    if (usual !== undefined && most < usual) {
      report(maximum, `must not be less than ${standard}, which is ${usual}`);
    }
    return [[key, most * 1000]];
  });
  return Object.fromEntries(known) as TimeoutLimits;
}
