/** The records of an attempt's stages: from the report, and where it is lost from termination messages. */
import type { PodObservation } from './observation.ts';
import type { ExecutorRecord, InputsRecord, Report } from './report.ts';
import { endsOf, executorStage, INPUTS, OUTPUTS, stageOf, STOPPED_EXIT_CODE } from './stages.ts';
import {
  type OutputsRecord,
  readExecutorRecord,
  readInputsRecord,
  readOutputsRecord,
} from './termination-message.ts';

/** One entry an executor, undefined where nothing is known of it. */
export interface StageRecords {
  readonly inputs: InputsRecord | undefined;
  readonly executors: readonly (ExecutorRecord | undefined)[];
  readonly outputs: OutputsRecord | undefined;
}

/** Gathers the records; `executors` is the number of executors in the document. Never throws. */
export function recordsOf(sources: {
  readonly executors: number;
  readonly pod: PodObservation | undefined;
  readonly report: Report | undefined;
}): StageRecords {
  const { pod, report } = sources;
  return {
    inputs: report?.inputs ?? readMessage(pod, INPUTS, readInputsRecord),
    executors: Array.from(
      { length: sources.executors },
      (_, index) =>
        report?.executors.find((record) => record.index === index) ??
        readMessage(pod, executorStage(index), readExecutorRecord),
    ),
    outputs: report ?? readMessage(pod, OUTPUTS, readOutputsRecord),
  };
}

/** Exit codes with which a shim ends after it has written its message: done, and asked to stop. */
const SHIM_EXITS: ReadonlySet<number> = new Set([0, STOPPED_EXIT_CODE]);

/**
 * The first record among the container's ends, newest first. The file behind the message is writable for the
 * user's command, so a container that was killed before its shim wrote last is not believed.
 */
function readMessage<Record>(
  pod: PodObservation | undefined,
  stage: string,
  read: (message: string) => Record | undefined,
): Record | undefined {
  for (const end of endsOf(stageOf(pod, stage))) {
    const record = SHIM_EXITS.has(end.exitCode) ? read(end.message) : undefined;
    if (record !== undefined) return record;
  }
  return undefined;
}
