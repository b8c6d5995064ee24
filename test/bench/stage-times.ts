/** When the stages of a task's pod worked, by their own records, which are finer than what Kubernetes tells. */
import type { Pod } from '../../src/kubernetes/objects.ts';
import { observePod } from '../../src/kubernetes/pod-status.ts';
import { recordsOf } from '../../src/tes/records.ts';

/** In milliseconds of `performance.now()`. */
export interface StageTimes {
  readonly inputsBegun: number;
  readonly inputsEnded: number;
  readonly commandBegun: number;
  readonly commandEnded: number;
}

/** The times of a task with one executor; undefined for a pod that has no such records. */
export function stageTimesOf(pod: Pod): StageTimes | undefined {
  const { inputs, executors } = recordsOf({
    executors: 1,
    pod: observePod(pod),
    report: undefined,
  });
  const [command] = executors;
  if (inputs === undefined || command?.startedAt === undefined || command.endedAt === undefined) {
    return undefined;
  }
  return {
    inputsBegun: toClock(inputs.startedAt),
    inputsEnded: toClock(inputs.endedAt),
    commandBegun: toClock(command.startedAt),
    commandEnded: toClock(command.endedAt),
  };
}

function toClock(time: string): number {
  return Date.parse(time) - performance.timeOrigin;
}
