/** What an administrator offers to tasks beside cores, memory and disk. */

/** A toleration as Kubernetes spells it. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  readonly tolerationSeconds?: number;
}

/** Where a pod may go and how it is treated there; the members are those of a Kubernetes pod. */
export interface Placement {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly runtimeClassName?: string;
  readonly priorityClassName?: string;
  readonly schedulerName?: string;
}

/** A kind of GPU: the resource that a node offers, the most that one executor may have, and the nodes that have it. */
export interface GpuProfile extends Placement {
  readonly resource: string;
  readonly maximum: number;
}

/** A service account that tasks may name; `token` says whether executors see its token. */
export interface OfferedAccount {
  readonly name: string;
  readonly token: boolean;
}

/** Milliseconds; an absent one is unlimited. */
export interface TimeoutLimits {
  readonly queueMs?: number;
  readonly pullMs?: number;
  readonly runMs?: number;
  readonly totalMs?: number;
}

/** Gigabytes are 10^9 bytes; an absent one is unlimited. */
export interface ResourceMaximums {
  readonly cpuCores?: number;
  readonly ramGb?: number;
  readonly diskGb?: number;
}

/** All of it. Profiles are found by name; the one called `default` is for tasks that name none. */
export interface Offers {
  readonly maximums: ResourceMaximums;
  readonly placements: Readonly<Record<string, Placement>>;
  readonly gpus: Readonly<Record<string, GpuProfile>>;
  /** For tasks that are `preemptible`. */
  readonly preemptible: Placement;
  /** From what tasks write to the zone of nodes; without any, `zones` has no effect. */
  readonly zones: Readonly<Record<string, string>>;
  readonly serviceAccounts: readonly OfferedAccount[];
  /** The longest that a task may ask for. */
  readonly timeouts: TimeoutLimits;
}

/** Where executors find the token of a service account, if they see it. */
export const ACCOUNT_PLACE = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The profile for tasks that name none. */
export const DEFAULT_PROFILE = 'default';

/** A profile by its name; what every object inherits is none. */
export function findOffer<T>(offers: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(offers, name) ? offers[name] : undefined;
}
