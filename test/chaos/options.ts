/** What a chaos run is asked for. */
import { parseArgs } from 'node:util';

import { type MutantName, MUTANTS } from './mutants.ts';

/** One run. */
export interface ChaosOptions {
  readonly tasks: number;
  readonly minutes: number;
  readonly seed: number;
  readonly pods: 'simulated' | 'real';
  /** Where the report is written to, as Markdown. */
  readonly report?: string;
  /** Which guard is taken out of a copy of the source. */
  readonly mutant?: MutantName;
}

/** Parses the command line. Throws a sentence for a wrong one. */
export function parseChaosOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tasks: { type: 'string', default: '100' },
      minutes: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      pods: { type: 'string', default: 'simulated' },
      report: { type: 'string' },
      mutant: { type: 'string' },
    },
  });
  const { pods, report, mutant } = values;
  if (pods !== 'simulated' && pods !== 'real') {
    throw new Error('--pods takes simulated or real.');
  }
  return {
    tasks: parseAmount('tasks', values.tasks),
    minutes: parseAmount('minutes', values.minutes),
    seed: parseAmount('seed', values.seed),
    pods,
    ...(report !== undefined && { report }),
    ...(mutant !== undefined && { mutant: parseMutant(mutant) }),
  };
}

function parseAmount(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && (name === 'minutes' || Number.isInteger(value))) {
    return value;
  }
  throw new Error(`--${name} takes a ${name === 'minutes' ? '' : 'whole '}number above 0.`);
}

function parseMutant(name: string): MutantName {
  const known = Object.keys(MUTANTS) as MutantName[];
  const found = known.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  throw new Error(`--mutant takes one of ${known.join(', ')}.`);
}
