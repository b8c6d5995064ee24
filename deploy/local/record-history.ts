import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

import { createTemporalClient } from '../../src/temporal/client.ts';
import { fetchHistory } from '../../src/temporal/history.ts';
import { historyFile, type Json, redactHistory } from '../../test/support/recorded-history.ts';
import { ROOT } from './directories.ts';
import { describeError, LocalError } from './local-error.ts';
import { parseLocalOptions } from './options.ts';
import { readServerVariables } from './read-variables.ts';
import { openState, type State } from './state.ts';

const HELP = `npm run history:record -- [--state DIR | --test] TASK-ID SCENARIO
  Writes what Temporal recorded of a task to test/replay/histories/run-task.SCENARIO.vVERSION.json,
  without anything that tells of this machine. Histories of older versions are never written anew.
  --test means the environment of \`npm test\`.`;

const SCENARIO = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

async function main(): Promise<number> {
  const { command: taskId, rest, state, isHelp } = parseLocalOptions(process.argv.slice(2));
  const [scenario] = rest;
  if (isHelp || taskId === undefined || scenario === undefined) {
    console.log(HELP);
    return isHelp ? 0 : 2;
  }
  if (!SCENARIO.test(scenario)) {
    throw new LocalError(`${scenario} is no scenario: give lower-case words joined by hyphens.`);
  }
  const history = redactHistory(await readHistory(openState(state), taskId));
  const file = historyFile(scenario, ownVersion());
  writeFileSync(file, `${JSON.stringify(history, undefined, 2)}\n`);
  console.log(`Recorded ${path.relative(ROOT, file)}.`);
  return 0;
}

async function readHistory(state: State, taskId: string): Promise<Json> {
  const variables = readServerVariables(state);
  const address = variables['ORRERY_TEMPORAL_ADDRESS'] ?? '';
  const namespace = variables['ORRERY_TEMPORAL_NAMESPACE'] ?? 'default';
  const { client, close } = createTemporalClient({ address, namespace, taskQueue: 'none' });
  try {
    const history = await fetchHistory(client, taskId).catch((cause: unknown) => {
      throw new LocalError(`Temporal at ${address} does not answer: start it first.`, { cause });
    });
    if (history === undefined) {
      throw new LocalError(`Temporal at ${address} knows no workflow of task ${taskId}.`);
    }
    return JSON.parse(historyToJSON(history)) as Json;
  } finally {
    await close();
  }
}

function ownVersion(): string {
  const text = readFileSync(path.join(ROOT, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(describeError(error));
  return 1;
});
