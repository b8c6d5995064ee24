import { spawnSync } from 'node:child_process';

import { ROOT } from './directories.ts';
import { describeError } from './local-error.ts';
import { parseLocalOptions } from './options.ts';
import { readServerVariables } from './read-variables.ts';
import { openState } from './state.ts';

const HELP = `npm run replay -- [--state DIR | --test] TASK-ID
  Replays what Temporal recorded of a task against today's workflow code.
  --test means the environment of \`npm test\`.`;

function main(): number {
  const { command: taskId, state: directory, isHelp } = parseLocalOptions(process.argv.slice(2));
  if (isHelp || taskId === undefined) {
    console.log(HELP);
    return isHelp ? 0 : 2;
  }
  const variables = readServerVariables(openState(directory));
  const replay = spawnSync(process.execPath, [`${ROOT}/src/bin/replay.ts`, taskId], {
    env: { ...process.env, ...variables },
    stdio: 'inherit',
  });
  return replay.status ?? 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
