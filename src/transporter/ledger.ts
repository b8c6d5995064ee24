/** What became of the outputs, in bounded memory whatever their number. */
import type { StageFailure, UploadedFile } from '../tes/report.ts';
import type { OutputsResult } from './plan.ts';
import { type Errand, toStageFailure } from './stage-failure.ts';

/** More than this many warnings are only counted: a task can make a million pipes. */
const MAX_WARNINGS = 100;

/** More than this of the list, as JSON, is only counted: the report of the stage has no room for more. */
export const LISTED_BYTES = 4 * 1024 * 1024;

/** Gathers uploads, warnings and the first failure. */
export interface Ledger {
  readonly add: (output: UploadedFile) => void;
  readonly warn: (warning: string) => void;
  readonly fail: (error: unknown, errand: Errand) => void;
  readonly result: () => OutputsResult;
}

/** With `bestEffort` a failure is a warning. */
export function createLedger(bestEffort: boolean): Ledger {
  const list = createList();
  const warnings: string[] = [];
  let dropped = 0;
  let failure: StageFailure | undefined;
  const warn = (warning: string): void => {
    if (warnings.length < MAX_WARNINGS) warnings.push(warning);
    else dropped += 1;
  };
  return {
    add: list.add,
    warn,
    fail: (error, errand) => {
      const next = toStageFailure(error, errand);
      if (bestEffort || failure !== undefined) warn(next.message);
      else failure = next;
    },
    result: () => ({
      ...list.result(),
      warnings: dropped === 0 ? warnings : [...warnings, `${dropped} more warnings are not shown.`],
      ...(failure && { failure }),
    }),
  };
}

/** The first outputs that fit, and how many there were. */
function createList() {
  const outputs: UploadedFile[] = [];
  let room = LISTED_BYTES;
  let files = 0;
  let bytes = 0;
  return {
    add: (output: UploadedFile): void => {
      files += 1;
      bytes += output.sizeBytes;
      room -= Buffer.byteLength(JSON.stringify(output));
      if (room >= 0) outputs.push(output);
    },
    result: (): Pick<OutputsResult, 'outputs' | 'summary'> => ({
      outputs: outputs.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path))),
      ...(outputs.length < files && { summary: { files, bytes } }),
    }),
  };
}
