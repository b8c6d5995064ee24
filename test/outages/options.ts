/** What an outage run is asked for. */
import { parseArgs } from 'node:util';

import { type Engine, ENGINES } from '../chaos/fleet.ts';

/** `refused`: connections are reset and refused, as when a process is down; `silent`: its machine vanished. */
export type How = 'refused' | 'silent';

/** One command. */
export interface OutageOptions {
  readonly engines: readonly Engine[];
  readonly minutes: number;
  readonly how: How;
  /** Where the report is written to, as Markdown. */
  readonly report?: string;
}

/** Parses the command line. Throws a sentence for a wrong one. */
export function parseOutageOptions(args: readonly string[]): OutageOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: 'string' },
      minutes: { type: 'string', default: '5' },
      how: { type: 'string', default: 'refused' },
      report: { type: 'string' },
    },
  });
  const { engine, how, report } = values;
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0.');
  if (how !== 'refused' && how !== 'silent') throw new Error('--how takes refused or silent.');
  return {
    engines: engine === undefined ? ENGINES : [parseEngine(engine)],
    minutes,
    how,
    ...(report !== undefined && { report }),
  };
}

function parseEngine(name: string): Engine {
  const found = ENGINES.find((candidate) => candidate === name);
  if (found === undefined) throw new Error(`--engine takes one of ${ENGINES.join(', ')}.`);
  return found;
}
