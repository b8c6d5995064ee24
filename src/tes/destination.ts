/** Where the pod of a task may go: what the administrator's profiles that it names say together. */
import { wishesOf } from './backend-parameters.ts';
import {
  DEFAULT_PROFILE,
  findOffer,
  type OfferedAccount,
  type Offers,
  type Placement,
} from './offers.ts';
import { quoted } from './problems.ts';
import type { Resources } from './task.ts';

/** Everything about the place of a pod that a task has a say in. */
export interface Destination extends Required<Pick<Placement, 'nodeSelector' | 'tolerations'>> {
  readonly runtimeClassName?: string;
  readonly priorityClassName?: string;
  readonly schedulerName?: string;
  /** Zones of nodes, any of which will do; empty when all will. */
  readonly zones: readonly string[];
  readonly gpu?: { readonly resource: string; readonly count: number };
  readonly account?: OfferedAccount;
}

/** Profiles with the words that a sentence calls them by. */
type Named = readonly [what: string, profile: Placement];

/**
 * Puts the profiles of a task together, or says what is wrong with them as a whole sentence: one that is not offered
 * (any more), or two that want different things.
 */
export function destinationOf(
  resources: Resources | undefined,
  offers: Offers,
): Destination | { readonly fault: string } {
  const found = findProfiles(resources, offers);
  const { zones, fault: zoneFault } = zonesOf(resources, offers);
  const account = accountOf(resources, offers);
  const fault = found.fault ?? zoneFault ?? account.fault ?? conflictOf(found.profiles);
  if (fault !== undefined) return { fault };
  const merged = Object.assign({}, ...found.profiles.map(([, profile]) => profile)) as Placement;
  const { runtimeClassName, priorityClassName, schedulerName } = merged;
  return {
    nodeSelector: Object.assign(
      {},
      ...found.profiles.map(([, { nodeSelector }]) => nodeSelector),
    ) as Record<string, string>,
    tolerations: withoutTwins(found.profiles.flatMap(([, { tolerations = [] }]) => tolerations)),
    ...(runtimeClassName !== undefined && { runtimeClassName }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(schedulerName !== undefined && { schedulerName }),
    zones,
    ...(found.gpu && { gpu: found.gpu }),
    ...(account.account && { account: account.account }),
  };
}

interface Profiles {
  readonly profiles: readonly Named[];
  readonly gpu?: Destination['gpu'];
  readonly fault?: string;
}

function findProfiles(resources: Resources | undefined, offers: Offers): Profiles {
  const { placement: name = DEFAULT_PROFILE, gpu } = wishesOf(resources);
  const placement = findOffer(offers.placements, name);
  if (placement === undefined && name !== DEFAULT_PROFILE) {
    return { profiles: [], fault: `The placement ${quoted(name)} is not offered here.` };
  }
  const profiles: Named[] = [[`the placement ${name}`, placement ?? {}]];
  if (resources?.preemptible === true) profiles.push(['preemptible', offers.preemptible]);
  if (gpu === undefined) return { profiles };
  const kind = findOffer(offers.gpus, gpu.profile);
  if (kind === undefined || gpu.count > kind.maximum) {
    return { profiles, fault: `So many GPUs of ${quoted(gpu.profile)} are not offered here.` };
  }
  profiles.push([`the GPU profile ${gpu.profile}`, kind]);
  return { profiles, gpu: { resource: kind.resource, count: gpu.count } };
}

function zonesOf(
  resources: Resources | undefined,
  { zones: offered }: Offers,
): { readonly zones: readonly string[]; readonly fault?: string } {
  if (Object.keys(offered).length === 0) return { zones: [] };
  const asked = resources?.zones ?? [];
  const unknown = asked.find((zone) => findOffer(offered, zone) === undefined);
  if (unknown !== undefined) {
    return { zones: [], fault: `The zone ${quoted(unknown)} is not offered here.` };
  }
  return { zones: [...new Set(asked.flatMap((zone) => findOffer(offered, zone) ?? []))].sort() };
}

function accountOf(
  resources: Resources | undefined,
  { serviceAccounts }: Offers,
): { readonly account?: OfferedAccount; readonly fault?: string } {
  const { service_account: name } = wishesOf(resources);
  if (name === undefined) return {};
  const account = serviceAccounts.find((one) => one.name === name);
  if (account !== undefined) return { account };
  return { fault: `The service account ${quoted(name)} is not offered here.` };
}

/** Two profiles that want different values of one thing lead to no node, or to a choice that nobody made. */
function conflictOf(profiles: readonly Named[]): string | undefined {
  const seen = new Map<string, { readonly what: string; readonly value: string }>();
  for (const [what, profile] of profiles) {
    for (const [key, value] of wantsOf(profile)) {
      const first = seen.get(key);
      if (first !== undefined && first.value !== value) {
        return `${capitalized(first.what)} and ${what} exclude each other: both set ${key}.`;
      }
      seen.set(key, { what, value });
    }
  }
  return undefined;
}

function wantsOf(profile: Placement): [string, string][] {
  const single = (['runtimeClassName', 'priorityClassName', 'schedulerName'] as const).flatMap(
    (key): [string, string][] => (profile[key] === undefined ? [] : [[key, profile[key]]]),
  );
  const labels = Object.entries(profile.nodeSelector ?? {});
  return [
    ...single,
    ...labels.map(([key, value]): [string, string] => [`the label ${key}`, value]),
  ];
}

function withoutTwins<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
