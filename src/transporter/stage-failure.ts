/** From errors of storage to failures a stage reports. */
import { StorageError } from '../storage/storage-error.ts';
import type { StageFailure, StageFailureCode } from '../tes/report.ts';

/**
 * The failure behind an error. Errors that may heal and errors that are none of storage are thrown
 * on: the stage ends without a result and is started again.
 */
export function toStageFailure(error: unknown, absent: StageFailureCode): StageFailure {
  if (!(error instanceof StorageError) || error.problem === 'transient') throw error;
  const codes = {
    missing: absent,
    'wrong-kind': absent,
    refused: 'PathRefused',
    failed: 'TransferFailed',
  } as const;
  return { code: codes[error.problem], message: error.message };
}
