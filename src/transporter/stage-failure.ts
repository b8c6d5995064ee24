/** From errors of storage to failures a stage reports. */
import { StorageError, type StorageProblem } from '../storage/storage-error.ts';
import type { StageFailure, StageFailureCode } from '../tes/report.ts';

/** What the transporter was about when storage failed it. */
export type Errand = 'fetch' | 'find' | 'store';

/** A file that vanishes under an upload is the doing of others in the storage, and may be there again. */
const ABSENT: Readonly<
  Record<Errand, Readonly<Record<'missing' | 'wrong-kind', StageFailureCode>>>
> = {
  fetch: { missing: 'InputNotFound', 'wrong-kind': 'InputNotFound' },
  find: { missing: 'OutputMissing', 'wrong-kind': 'OutputMissing' },
  store: { missing: 'TransferFailed', 'wrong-kind': 'DestinationUnusable' },
};

/**
 * The failure behind an error. Errors that may heal and errors that are none of storage are thrown
 * on: the stage ends without a result and is started again.
 */
export function toStageFailure(error: unknown, errand: Errand): StageFailure {
  if (!(error instanceof StorageError) || error.problem === 'transient') throw error;
  return { code: codeOf(error.problem, errand), message: error.message };
}

function codeOf(problem: Exclude<StorageProblem, 'transient'>, errand: Errand): StageFailureCode {
  if (problem === 'refused') return 'PathRefused';
  return problem === 'failed' ? 'TransferFailed' : ABSENT[errand][problem];
}
