/**
 * The transporter's process inside the pod: `transporter.ts inputs|outputs`, the plan as JSON on
 * stdin, the result as JSON on stdout, one line for each file on stderr. Exit 0 with a result;
 * exit 1 with one sentence on stderr when it is worth starting again.
 */
import { text } from 'node:stream/consumers';

import { createFileStorage } from '../storage/file-storage.ts';
import { withRetries } from '../storage/retrying-storage.ts';
import { createStorageSelector } from '../storage/select-storage.ts';
import { fetchInputs, type Transport } from '../transporter/fetch-inputs.ts';
import {
  type InputsResult,
  type OutputsResult,
  parseInputsPlan,
  parseOutputsPlan,
} from '../transporter/plan.ts';
import { pushOutputs } from '../transporter/push-outputs.ts';

const transport: Transport = {
  storageFor: createStorageSelector({ file: withRetries(createFileStorage()) }),
  log: (line) => process.stderr.write(`${line}\n`),
  concurrency: 8,
};

async function run(stage: string | undefined): Promise<InputsResult | OutputsResult> {
  const plan = await text(process.stdin);
  if (stage === 'inputs') return fetchInputs(parseInputsPlan(plan), transport);
  if (stage === 'outputs') return pushOutputs(parseOutputsPlan(plan), transport);
  throw new Error('The first argument must be "inputs" or "outputs".');
}

try {
  process.stdout.write(JSON.stringify(await run(process.argv[2])));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
