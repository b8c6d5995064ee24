/** Whole lives of pods: what each executor does, and every observation that Kubernetes could show on the way. */
import fc from 'fast-check';

import type { ContainerObservation, PodObservation } from '../../src/tes/observation.ts';
import type { Report } from '../../src/tes/report.ts';
import {
  aPod,
  aReport,
  ended,
  INPUTS_DONE,
  NOT_YET,
  ranTo,
  recorded,
  RUNNING,
  SKIPPED,
  waiting,
} from './observations.ts';

/** What one executor does: it ends with a code, or its container is killed with or without an OOM. */
export interface ExecutorFate {
  readonly kind: 'exit' | 'oom' | 'kill';
  readonly exitCode: number;
  readonly ignoreError: boolean;
}

/** What a task does from its first stage to its last. */
export interface Fate {
  readonly inputsFail: boolean;
  readonly executors: readonly ExecutorFate[];
  readonly outputsFail: boolean;
}

/** Any fate of a task with up to four executors. */
export const anyFate: fc.Arbitrary<Fate> = fc.record({
  inputsFail: fc.boolean(),
  executors: fc.array(
    fc.record({
      kind: fc.constantFrom('exit' as const, 'exit' as const, 'oom' as const, 'kill' as const),
      exitCode: fc.constantFrom(0, 0, 1, 137, 255),
      ignoreError: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  outputsFail: fc.boolean(),
});

const INPUT_FAILURE = { code: 'InputNotFound', message: 'No such input.' } as const;
const OUTPUT_FAILURE = { code: 'OutputMissing', message: 'No such output.' } as const;

/** How far an unignored failure, or any kill that cannot be ignored, lets the executors come. */
function stopsTask({ kind, exitCode, ignoreError }: ExecutorFate): boolean {
  return !ignoreError && (kind !== 'exit' || exitCode !== 0);
}

/** The code of the verdict, told straight from the fate. */
export function expectedCode({ inputsFail, executors, outputsFail }: Fate): string {
  if (inputsFail) return INPUT_FAILURE.code;
  for (const executor of executors) {
    if (executor.kind === 'kill') return 'ContainerKilled';
    if (stopsTask(executor)) return executor.kind === 'oom' ? 'OutOfMemory' : 'ExecutorFailed';
  }
  return outputsFail ? OUTPUT_FAILURE.code : 'Complete';
}

function recordsOf({ inputsFail, executors }: Fate): object[] {
  let stopped = inputsFail;
  return executors.map((executor) => {
    if (stopped) return SKIPPED;
    stopped = stopsTask(executor);
    const { startedAt, endedAt } = ranTo(0);
    return executor.kind === 'exit'
      ? ranTo(executor.exitCode)
      : { startedAt, endedAt, killed: true };
  });
}

function inputsRecord({ inputsFail }: Fate): object {
  return inputsFail ? { ...INPUTS_DONE, failure: INPUT_FAILURE } : INPUTS_DONE;
}

/** The report that `outputs` prints at the end. */
export function reportOf(fate: Fate): Report {
  return aReport({
    inputs: { ...INPUTS_DONE, ...(fate.inputsFail && { failure: INPUT_FAILURE }) },
    executors: recordsOf(fate).map((record, index) => ({ index, ...record })),
    ...(fate.outputsFail && { failure: OUTPUT_FAILURE }),
  });
}

/** Everything one executor shows, one step after the other; the last is how it stays. */
function stepsOf(fate: ExecutorFate, record: object): Partial<ContainerObservation>[] {
  const end = { state: recorded(record) };
  const started = [{ state: waiting('PodInitializing') }, { state: RUNNING }];
  if (!('killed' in record)) return [...started, end];
  const last = ended({ exitCode: 137, reason: fate.kind === 'oom' ? 'OOMKilled' : 'Error' });
  return [
    ...started,
    { state: last },
    { state: waiting('CrashLoopBackOff'), restarts: 1, last },
    { state: RUNNING, restarts: 1, last },
    { ...end, restarts: 1, last },
  ];
}

/** All observations of a life in their true order, from the binding to the end. */
export function observationsOf(fate: Fate): PodObservation[] {
  const records = recordsOf(fate);
  const steps = fate.executors.map((executor, index) => stepsOf(executor, records[index] ?? {}));
  const inputs = recorded(inputsRecord(fate));
  const outputs = recorded({
    complete: true,
    ...(fate.outputsFail && { failure: OUTPUT_FAILURE }),
  });

  const during = steps.flatMap((own, index) =>
    own.map((step) =>
      aPod({
        inputs,
        executors: steps.map((other, position) => {
          if (position === index) return step;
          return (position < index ? other.at(-1) : undefined) ?? NOT_YET;
        }),
      }),
    ),
  );
  const executors = steps.map((own) => own.at(-1) ?? NOT_YET);
  return [
    aPod({ inputs: RUNNING, executors: executors.map(() => NOT_YET) }),
    ...during,
    aPod({ inputs, executors, outputs: RUNNING }, { phase: 'Running' }),
    aPod({ inputs, executors, outputs }, { phase: 'Succeeded' }),
  ];
}
