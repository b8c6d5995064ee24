/** The three views of a task. What is not set is left out; nothing is ever null or empty in its place. */
import { isFinal, type TaskState } from './state.ts';
import type { Task, TaskDocument, TaskLog, View } from './task.ts';
import { without } from './without.ts';

/** All that a view is made from. */
export interface TaskRecord {
  readonly id: string;
  readonly state: TaskState;
  readonly createdAt: Date;
  readonly document: TaskDocument;
  /** System warnings of the task. */
  readonly warnings: readonly string[];
  /** The settled attempts in order, each complete in itself, the warnings included. */
  readonly logs: readonly TaskLog[];
  /** Why the task waits, as one sentence, while it is QUEUED. */
  readonly waiting?: string;
  /** Why the task ended without any attempt, as one sentence. */
  readonly endReason?: string;
}

/** A task in the asked view. */
export function taskView(record: TaskRecord, view: View): Task {
  if (view === 'MINIMAL') return { id: record.id, state: record.state };
  const { inputs, resources, ...document } = record.document;
  const logs = logsOf(record, view);
  return {
    id: record.id,
    state: record.state,
    ...document,
    ...(inputs && {
      inputs: view === 'FULL' ? inputs : inputs.map((input) => without(input, 'content')),
    }),
    ...(resources && { resources: withWholeCores(resources) }),
    ...(logs.length > 0 && { logs }),
    creation_time: record.createdAt.toISOString(),
  };
}

/** `cpu_cores` is an integer in TES 1.1; who asked for a part of a core is told the next whole number. */
function withWholeCores(resources: TaskDocument['resources'] & object): Task['resources'] & object {
  const { cpu_cores: cores, ...rest } = resources;
  return cores === undefined ? rest : { cpu_cores: Math.ceil(cores), ...rest };
}

function logsOf(record: TaskRecord, view: 'BASIC' | 'FULL'): readonly TaskLog[] {
  const entries = record.logs.length > 0 ? record.logs : entryWithoutAttempt(record, view);
  return view === 'FULL' ? entries : entries.map(toBasic);
}

/**
 * Before the first attempt is settled, FULL of a QUEUED task says what it waits for. A task that ended without an
 * attempt shows its reason in such an entry for good, because clients look there for it.
 */
function entryWithoutAttempt(record: TaskRecord, view: 'BASIC' | 'FULL'): TaskLog[] {
  const { state, warnings, waiting, endReason } = record;
  const entry = (reason: string) => ({
    logs: [],
    outputs: [],
    system_logs: [...warnings, reason],
  });
  if (isFinal(state) && endReason !== undefined) return [entry(endReason)];
  if (state !== 'QUEUED' || view !== 'FULL') return [];
  return [entry(waiting ?? 'The task waits to be dispatched.')];
}

function toBasic(log: TaskLog): TaskLog {
  const executors = log.logs.map((executor) => without(executor, 'stdout', 'stderr'));
  return { ...without(log, 'system_logs'), logs: executors };
}
