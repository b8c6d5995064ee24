/** The `outputs` stage: puts what the task wrote into storage. */
import { displayUrl, printable } from '../storage/location.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { StageFailure, UploadedFile } from '../tes/report.ts';
import type { Transport } from './fetch-inputs.ts';
import { findOutputs, type FoundOutput } from './find-outputs.ts';
import { forEachConcurrently } from './for-each-concurrently.ts';
import type { OutputsPlan, OutputsResult } from './plan.ts';
import { type Errand, toStageFailure } from './stage-failure.ts';
import { createVirtualRoot } from './virtual-root.ts';

/** More than this many warnings are only counted: a task can make a million pipes. */
const MAX_WARNINGS = 100;

/** Gathers what becomes of the outputs. */
interface Ledger {
  readonly outputs: UploadedFile[];
  readonly warn: (warning: string) => void;
  readonly fail: (error: unknown, errand: Errand) => void;
  readonly result: () => OutputsResult;
}

function createLedger(bestEffort: boolean): Ledger {
  const outputs: UploadedFile[] = [];
  const warnings: string[] = [];
  let dropped = 0;
  let failure: StageFailure | undefined;
  const warn = (warning: string): void => {
    if (warnings.length < MAX_WARNINGS) warnings.push(warning);
    else dropped += 1;
  };
  return {
    outputs,
    warn,
    fail: (error, errand) => {
      const next = toStageFailure(error, errand);
      if (bestEffort || failure !== undefined) warn(next.message);
      else failure = next;
    },
    result: () => ({
      outputs: outputs.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path))),
      warnings: dropped === 0 ? warnings : [...warnings, `${dropped} more warnings are not shown.`],
      ...(failure && { failure }),
    }),
  };
}

/** An URL where the output cannot lie is no fault of the storage: the sentence says which output it is of. */
function namingOutput(error: unknown, path: string): unknown {
  if (!(error instanceof StorageError) || error.problem !== 'wrong-kind') return error;
  const sentence = `The output ${printable(path)} cannot be stored, give it another URL: ${error.message}`;
  return new StorageError('wrong-kind', sentence, error);
}

/**
 * Uploads every declared output that is there. One that is missing or cannot be uploaded does not
 * keep back the others: the first such is the result's `failure`, or with `bestEffort` a warning.
 * @throws StorageError `transient` when trying again later may help
 */
export async function pushOutputs(plan: OutputsPlan, transport: Transport): Promise<OutputsResult> {
  const root = createVirtualRoot(plan.root);
  const ledger = createLedger(plan.bestEffort);

  async function* found(): AsyncGenerator<FoundOutput> {
    for (const upload of plan.uploads) {
      try {
        yield* findOutputs(root, upload, ledger.warn);
      } catch (error) {
        ledger.fail(error, 'find');
      }
    }
  }

  await forEachConcurrently(found(), transport.concurrency, async (output) => {
    const { path, real, destination } = output;
    try {
      const sizeBytes = await transport.storageFor(destination.url).upload(real, destination);
      ledger.outputs.push({ url: destination.url, path, sizeBytes });
      transport.log(
        `uploaded ${printable(path)} to ${displayUrl(destination.url)} (${sizeBytes} bytes)`,
      );
    } catch (error) {
      ledger.fail(namingOutput(error, path), 'store');
    }
  });
  return ledger.result();
}
