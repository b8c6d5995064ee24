/** What the shim hands to the transporter and what it gets back; JSON on stdin and stdout. */
import type { StageFailure, UploadedFile } from '../tes/report.ts';
import type { Fetch, Upload } from '../tes/stage-spec.ts';

/** `root` is the folder of the task's virtual root on this machine. */
export interface InputsPlan {
  readonly root: string;
  readonly fetches: readonly Fetch[];
}

export interface OutputsPlan {
  readonly root: string;
  readonly uploads: readonly Upload[];
  /** An executor failed: upload what there is, and let nothing that is missing count as a failure. */
  readonly bestEffort: boolean;
}

/** What was fetched; bytes are those of the files. */
export interface InputsResult {
  readonly files: number;
  readonly bytes: number;
  readonly failure?: StageFailure;
}

export interface OutputsResult {
  readonly outputs: readonly UploadedFile[];
  /** Of all that were uploaded, when the list has no room for them. */
  readonly summary?: { readonly files: number; readonly bytes: number };
  readonly warnings: readonly string[];
  readonly failure?: StageFailure;
}

function parsePlan(text: string, list: 'fetches' | 'uploads'): unknown {
  const plan: unknown = JSON.parse(text);
  const isPlan =
    typeof plan === 'object' &&
    plan !== null &&
    'root' in plan &&
    typeof plan.root === 'string' &&
    list in plan &&
    Array.isArray((plan as Record<string, unknown>)[list]);
  if (!isPlan) throw new TypeError(`The plan on stdin must have a root and a list of ${list}.`);
  return plan;
}

/** Reads the plan of the `inputs` stage; throws when it is not one. */
export function parseInputsPlan(text: string): InputsPlan {
  return parsePlan(text, 'fetches') as InputsPlan;
}

/** Reads the plan of the `outputs` stage; throws when it is not one. */
export function parseOutputsPlan(text: string): OutputsPlan {
  return parsePlan(text, 'uploads') as OutputsPlan;
}
