/** What is run: a command that does nothing, as a task and as a bare pod. */
import { environment } from '../support/test-environment.ts';

/** What one pod asks for. */
export interface Size {
  readonly cpuCores: number;
  readonly ramGb: number;
}

export const COMMAND = ['true'];

/** A task that does nothing, with a tag to find it by. */
export function buildNoOpTask(size: Size, tag: string): object {
  return {
    name: 'no-op',
    tags: { bench: tag },
    resources: { cpu_cores: size.cpuCores, ram_gb: size.ramGb },
    executors: [{ image: environment('DEMO_IMAGE'), command: COMMAND }],
  };
}
