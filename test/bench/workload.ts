/** What is run: mostly a command that does nothing, as a task and as a bare pod. */
import { environment } from '../support/test-environment.ts';

/** What one pod asks for. */
export interface Size {
  readonly cpuCores: number;
  readonly ramGb: number;
}

/** Small enough to find room beside what else runs on two cores. */
export const SMALL: Size = { cpuCores: 0.5, ramGb: 0.5 };

export const COMMAND: readonly string[] = ['true'];

/** A task with one command, that does nothing unless it is said, and a tag to find it by. */
export function buildTask(size: Size, tag: string, command = COMMAND): object {
  return {
    name: tag,
    tags: { bench: tag },
    resources: { cpu_cores: size.cpuCores, ram_gb: size.ramGb },
    executors: [{ image: environment('DEMO_IMAGE'), command }],
  };
}
