/** Recorded histories against today's workflow code. */
import { Worker } from '@temporalio/worker';

import type { History } from './history.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';

/** A history and the id of the workflow it belongs to. */
export interface RecordedRun {
  readonly workflowId: string;
  readonly history: History;
}

/** What a replay showed: without a mismatch, today's code asks for just what the history recorded. */
export interface ReplayOutcome {
  readonly workflowId: string;
  readonly mismatch?: {
    /** The number of the first event that does not fit, when the SDK names one. */
    readonly eventId?: number;
    readonly message: string;
  };
}

/** Replays histories one after the other; needs no server. The code is bundled at most once. */
export async function* replayHistories(
  runs: readonly RecordedRun[],
): AsyncGenerator<ReplayOutcome> {
  const results = Worker.runReplayHistories({ workflowBundle: await loadWorkflowBundle() }, [
    ...runs,
  ]);
  for await (const { workflowId, error } of results) {
    yield { workflowId, ...(error && { mismatch: toMismatch(error.message) }) };
  }
}

/** The core's sentence lies, quoted, within the SDK's own; mostly it names the event. */
function toMismatch(text: string): NonNullable<ReplayOutcome['mismatch']> {
  const [, quoted] = /message: ("(?:[^"\\]|\\.)*")/.exec(text) ?? [];
  const message = quoted === undefined ? text : quoted.slice(1, -1).replaceAll('\\"', '"');
  const [, id] = /HistoryEvent\(id: (\d+)/.exec(message) ?? [];
  return { message, ...(id !== undefined && { eventId: Number(id) }) };
}
