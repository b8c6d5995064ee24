/** The backend parameters that tasks may carry: which are known here, what is wrong with a value, what they mean. */
import { DEFAULT_PROFILE, findOffer, type Offers, type TimeoutLimits } from './offers.ts';
import { quoted } from './problems.ts';
import type { RetryPolicy } from './retry.ts';
import type { Resources, TaskDocument } from './task.ts';
import { readTimeouts, timeoutFault } from './timeouts.ts';

const MOST_RETRIES = 10;

/** Tasks of one owner start in the order of their priorities, the highest first; 0 is that of a task without any. */
const HIGHEST_PRIORITY = 100;

/** So many GPUs of one kind; the profile is the administrator's. */
export interface GpuWish {
  readonly profile: string;
  readonly count: number;
}

/** What the backend parameters of a task ask for. */
export interface Wishes {
  readonly gpu?: GpuWish;
  readonly max_retries?: number;
  readonly placement?: string;
  readonly priority?: number;
  readonly service_account?: string;
  readonly timeouts?: TimeoutLimits;
}

type Reading<T> = { readonly value: T } | { readonly fault: string };

/** Reads the text of a value; without `offers` it is one that was accepted before. */
interface Parameter<T> {
  readonly isOffered: (offers: Offers) => boolean;
  readonly read: (text: string) => Reading<T>;
  /** What an installation does not offer of a value that can be read, as the end of a sentence. */
  readonly refusal?: (value: T, offers: Offers) => string | undefined;
}

const isAlwaysOffered = (): boolean => true;

const PARAMETERS: { readonly [Name in keyof Wishes]-?: Parameter<Wishes[Name] & {}> } = {
  gpu: {
    isOffered: ({ gpus }) => Object.keys(gpus).length > 0,
    read: readGpu,
    refusal: ({ profile, count }, { gpus }) => {
      const found = findOffer(gpus, profile);
      if (found === undefined) {
        return `names the GPU profile ${quoted(profile)}; ${oneOf(Object.keys(gpus))}, as in "${Object.keys(gpus)[0] ?? ''}:1"`;
      }
      return count > found.maximum
        ? `asks for ${count}; at most ${found.maximum} of ${profile} are allowed for one task`
        : undefined;
    },
  },
  max_retries: {
    isOffered: isAlwaysOffered,
    read: (text) => readInteger(text, 0, MOST_RETRIES),
  },
  placement: {
    isOffered: ({ placements }) => namedProfiles(placements).length > 0,
    read: (text) => ({ value: text }),
    refusal: (name, { placements }) =>
      findOffer(placements, name) === undefined
        ? `is ${quoted(name)}; ${oneOf(Object.keys(placements))}`
        : undefined,
  },
  priority: {
    isOffered: isAlwaysOffered,
    read: (text) => readInteger(text, -HIGHEST_PRIORITY, HIGHEST_PRIORITY),
  },
  service_account: {
    isOffered: ({ serviceAccounts }) => serviceAccounts.length > 0,
    read: (text) => ({ value: text }),
    refusal: (name, { serviceAccounts }) => {
      const names = serviceAccounts.map((account) => account.name);
      return names.includes(name) ? undefined : `is ${quoted(name)}; ${oneOf(names)}`;
    },
  },
  timeouts: {
    isOffered: isAlwaysOffered,
    read: readTimeouts,
    refusal: (asked, { timeouts }) => timeoutFault(asked, timeouts),
  },
};

type Name = keyof Wishes;

/** The names that service-info publishes; they are compared without letter case. */
export function backendParameterNames(offers: Offers): readonly Name[] {
  return namesOfAll().filter((name) => PARAMETERS[name].isOffered(offers));
}

/** What is wrong with a value of a parameter that is offered, as the end of a sentence; undefined when nothing is. */
export function backendParameterFault(
  name: string,
  text: string,
  offers: Offers,
): string | undefined {
  const known = backendParameterNames(offers).find((one) => one === name.toLowerCase());
  return known && faultOf(PARAMETERS[known] as Parameter<unknown>, text, offers);
}

function faultOf(parameter: Parameter<unknown>, text: string, offers: Offers): string | undefined {
  const reading = parameter.read(text);
  return 'fault' in reading ? reading.fault : parameter.refusal?.(reading.value, offers);
}

/** What a task asks for. What cannot be read asks for nothing: it was refused or dropped when the task came in. */
export function wishesOf(resources: Resources | undefined): Wishes {
  const sent = Object.entries(resources?.backend_parameters ?? {});
  const wishes = namesOfAll().flatMap((name) => {
    const text = sent.find(([key]) => key.toLowerCase() === name)?.[1];
    const reading = text === undefined ? undefined : PARAMETERS[name].read(text);
    return reading && 'value' in reading ? [[name, reading.value]] : [];
  });
  return Object.fromEntries(wishes) as Wishes;
}

/** The policy of one task: its own number of retries, else that of the configuration. */
export function retryPolicyOf(
  { resources }: Pick<TaskDocument, 'resources'>,
  standard: RetryPolicy,
): RetryPolicy {
  const { max_retries: retries } = wishesOf(resources);
  return retries === undefined ? standard : { ...standard, maxAttempts: retries + 1 };
}

/** The timeouts of one task: its own, else those of the configuration. */
export function timeoutsOf(
  { resources }: Pick<TaskDocument, 'resources'>,
  standard: TimeoutLimits,
): TimeoutLimits {
  return { ...standard, ...wishesOf(resources).timeouts };
}

/** Before which others of its owner a task starts: the highest first, 0 unless the task says otherwise. */
export function priorityOf({ resources }: Pick<TaskDocument, 'resources'>): number {
  return wishesOf(resources).priority ?? 0;
}

function namesOfAll(): readonly Name[] {
  return Object.keys(PARAMETERS) as Name[];
}

function namedProfiles(profiles: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(profiles).filter((name) => name !== DEFAULT_PROFILE);
}

function readGpu(text: string): Reading<GpuWish> {
  const [, profile = DEFAULT_PROFILE, count] =
    /^(?:([^:]{1,63}):)?([1-9]\d{0,3})$/.exec(text) ?? [];
  if (count !== undefined) return { value: { profile, count: Number(count) } };
  return { fault: 'must be a number of GPUs as in "1", or a profile with one as in "a100:2"' };
}

function readInteger(text: string, least: number, most: number): Reading<number> {
  const value = /^-?\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return { value };
  return { fault: `must be a whole number from ${least} to ${most}, in quotes` };
}

function oneOf(names: readonly string[]): string {
  return `use one of ${names.join(', ')}`;
}
