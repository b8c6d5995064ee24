/** Short forms of the documents that cases submit. */
import type { Executor } from '../../src/tes/task.ts';
import type { Given } from './case.ts';

/** A document of a case. */
export type TaskOf = (given: Given) => object;

type Members = Readonly<Record<string, unknown>>;

/** One executor with this argv. */
export function run(...command: readonly string[]): TaskOf {
  return ({ image }) => ({ executors: [{ image, command }] });
}

/** One executor that runs a script, with more members of the document. */
export function sh(script: string, members: Members = {}): TaskOf {
  return shells([script], members);
}

/** Several executors, a script each. */
export function shells(scripts: readonly string[], members: Members = {}): TaskOf {
  return ({ image }) => ({
    executors: scripts.map((script) => ({ image, command: ['sh', '-c', script] })),
    ...members,
  });
}

/** Several executors with members of their own. */
export function executors(
  each: readonly Partial<Executor & { script: string }>[],
  members: (given: Given) => Members = () => ({}),
): TaskOf {
  return (given) => ({
    executors: each.map(({ script, ...more }) => ({
      image: given.image,
      command: ['sh', '-c', script ?? 'true'],
      ...more,
    })),
    ...members(given),
  });
}

/** A script, and the file it leaves at /out/o under this name in the case's folder. */
export function leaving(name: string, script: string, members: Members = {}): TaskOf {
  return (given) =>
    sh(script, {
      volumes: ['/out'],
      outputs: [{ path: '/out/o', url: given.url(name) }],
      ...members,
    })(given);
}

/** Notes each run of a command in /out/o. */
export const NOTE = 'echo run >> /out/o';
