/** What a task is made to go through, and how it must end when nobody disturbs it. */
import type { FinalState } from '../../src/tes/state.ts';

/** Names of fates; `docs/reliability.md` tells what they are. */
export type FateName =
  | 'short'
  | 'long'
  | 'staged'
  | 'two-executors'
  | 'ignored-error'
  | 'exit-code'
  | 'out-of-memory'
  | 'image-missing'
  | 'pull-heals'
  | 'pull-hangs'
  | 'evicted-once'
  | 'killed-once'
  | 'outputs-crash'
  | 'lost-report'
  | 'deaf'
  | 'never-scheduled'
  | 'endless';

/** One fate. */
export interface Fate {
  readonly name: FateName;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** The same for real pods, where it differs: there are fewer of them, and deadlines are to pass there, too. */
  readonly realWeight?: number;
  /** Only simulated nodes can play it. */
  readonly isSimulatedOnly?: true;
  readonly end: FinalState;
  /** The share of its tasks that are cancelled, where that differs. */
  readonly canceledShare?: number;
  /** How many attempts it spoils by itself. */
  readonly spoils?: number;
  /** The deadline that ends it. */
  readonly deadline?: 'queue' | 'pull' | 'total';
}

/** All fates. */
export const FATES: readonly Fate[] = [
  { name: 'short', weight: 30, end: 'COMPLETE' },
  { name: 'long', weight: 22, end: 'COMPLETE' },
  { name: 'staged', weight: 10, isSimulatedOnly: true, end: 'COMPLETE' },
  { name: 'two-executors', weight: 5, end: 'COMPLETE' },
  { name: 'ignored-error', weight: 4, end: 'COMPLETE' },
  { name: 'exit-code', weight: 8, end: 'EXECUTOR_ERROR' },
  { name: 'out-of-memory', weight: 3, end: 'EXECUTOR_ERROR' },
  { name: 'image-missing', weight: 2, end: 'SYSTEM_ERROR' },
  { name: 'pull-heals', weight: 4, isSimulatedOnly: true, end: 'COMPLETE' },
  { name: 'pull-hangs', weight: 3, realWeight: 14, end: 'SYSTEM_ERROR', deadline: 'pull' },
  { name: 'evicted-once', weight: 3, isSimulatedOnly: true, end: 'COMPLETE', spoils: 1 },
  {
    name: 'killed-once',
    weight: 2,
    isSimulatedOnly: true,
    end: 'COMPLETE',
    spoils: 1,
  },
  { name: 'outputs-crash', weight: 2, isSimulatedOnly: true, end: 'COMPLETE' },
  { name: 'lost-report', weight: 2, isSimulatedOnly: true, end: 'COMPLETE' },
  // Only these are CANCELING for seconds.
  { name: 'deaf', weight: 8, realWeight: 32, end: 'COMPLETE', canceledShare: 0.9 },
  { name: 'never-scheduled', weight: 4, realWeight: 14, end: 'SYSTEM_ERROR', deadline: 'queue' },
  { name: 'endless', weight: 4, realWeight: 14, end: 'SYSTEM_ERROR', deadline: 'total' },
];

/** The fates that pods of a kind can play, each as often as it is drawn there. */
export function listFates(pods: 'simulated' | 'real'): readonly Fate[] {
  if (pods === 'simulated') return FATES;
  return FATES.filter(({ isSimulatedOnly }) => isSimulatedOnly !== true).map((fate) => ({
    ...fate,
    weight: fate.realWeight ?? fate.weight,
  }));
}

/** The fate of this name. */
export function fateNamed(name: FateName): Fate {
  const fate = FATES.find((candidate) => candidate.name === name);
  if (fate === undefined) throw new Error(`there is no fate ${name}`);
  return fate;
}
