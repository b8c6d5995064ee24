import { readFileSync } from 'node:fs';

import { LocalError } from './local-error.ts';
import type { State } from './state.ts';

/** What a server needs at least, as the tests' variables name it. */
const OF_TESTS = ['POSTGRES_URL', 'TEMPORAL_ADDRESS', 'SHIM_IMAGE', 'TRANSPORTER_IMAGE'];

/** The settings of a server in this environment, from the file that its last start wrote. */
export function readServerVariables(state: State): Record<string, string> {
  const written = readVariables(state);
  if (!('ORRERY_TEST_STATE_DIR' in written)) return written;
  return Object.fromEntries(
    OF_TESTS.map((name) => [`ORRERY_${name}`, written[`ORRERY_TEST_${name}`] ?? '']),
  );
}

function readVariables(state: State): Record<string, string> {
  try {
    return JSON.parse(readFileSync(state.path('environment.json'), 'utf8')) as Record<
      string,
      string
    >;
  } catch (cause) {
    throw new LocalError(
      `Nothing was ever started in ${state.directory}: start it with \`npm start\`, or name another place with --state.`,
      { cause },
    );
  }
}
