/** Tasks whose executors are shell scripts in the demo image. */
import type { Executor } from '../../src/tes/task.ts';
import { environment } from './test-environment.ts';

/** An executor that runs a script. */
export function aShell(script: string, members: Partial<Executor> = {}): Executor {
  return { image: environment('DEMO_IMAGE'), command: ['sh', '-c', script], ...members };
}

/** A task with one script, or several in a row. */
export function aShellTask(scripts: string | readonly string[], members: object = {}): object {
  return { executors: [scripts].flat().map((script) => aShell(script)), ...members };
}

/** Notes each run of a script in a volume, so that what is uploaded tells how often it was run in its pod. */
export const NOTE_RUN = 'echo run >> /runs/log';

/** The members of a task that uploads what `NOTE_RUN` wrote. */
export function notedAt(url: string): object {
  return { volumes: ['/runs'], outputs: [{ path: '/runs/log', url }] };
}
