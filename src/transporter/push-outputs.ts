/** The `outputs` stage: puts what the task wrote into storage. */
import { displayUrl, printable } from '../storage/location.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { Transport } from './fetch-inputs.ts';
import { findOutputs, type FoundOutput } from './find-outputs.ts';
import { forEachConcurrently } from './for-each-concurrently.ts';
import { createLedger } from './ledger.ts';
import type { OutputsPlan, OutputsResult } from './plan.ts';
import { createVirtualRoot } from './virtual-root.ts';

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
      ledger.add({ url: destination.url, path, sizeBytes });
      transport.log(
        `uploaded ${printable(path)} to ${displayUrl(destination.url)} (${sizeBytes} bytes)`,
      );
    } catch (error) {
      ledger.fail(namingOutput(error, path), 'store');
    }
  });
  return ledger.result();
}
