/** Commands that are nothing but an environment and a program of the tests: all their own options go to that program. */
import path from 'node:path';
import { parseArgs } from 'node:util';

import { defaultStateDirectory } from './directories.ts';
import { LocalError } from './local-error.ts';
import { runCommandLine, runInEnvironment } from './run-in-environment.ts';

/** Which program, and what it takes. */
export interface HandedOver {
  readonly help: string;
  /** Path from the root of the repository. */
  readonly program: string;
  /** Names of options with a value, which the program itself checks. */
  readonly options: readonly string[];
}

interface Parsed {
  readonly state: string;
  readonly rest: readonly string[];
  readonly isHelp: boolean;
}

/** Does the command in the environment of the tests, or in that of `--state`. */
export async function handOver({ help, program, options }: HandedOver): Promise<void> {
  await runCommandLine<Parsed>({
    help,
    parse: (args) => parseOptions(args, options),
    run: ({ state, rest }, signal) => {
      const files = path.join(state, 'files');
      return runInEnvironment({ state, files, isDurable: false, program, args: rest }, signal);
    },
  });
}

function parseOptions(args: readonly string[], names: readonly string[]): Parsed {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries([...names, 'state'].map((name) => [name, text])),
        help: { type: 'boolean', default: false },
      },
    });
    const given: Readonly<Record<string, unknown>> = values;
    const { state } = given;
    return {
      state: path.resolve(typeof state === 'string' ? state : `${defaultStateDirectory()}-test`),
      rest: names.flatMap((name) => {
        const value = given[name];
        return typeof value === 'string' ? [`--${name}`, value] : [];
      }),
      isHelp: given['help'] === true,
    };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new LocalError(`${problem}. --help lists the options.`);
  }
}
