/** The tasks of a run: at least two for each thing that may be under way when an engine goes away. */
import type { FinalState } from '../../src/tes/state.ts';
import { aShell } from '../support/shell-task.ts';
import { INPUT, type Rig } from './rig.ts';

/** What a task is doing when the engine goes away, or what becomes of it meanwhile. */
export type Part =
  | 'ends during it'
  | 'fails during it'
  | 'ends after it'
  | 'waits for a node'
  | 'pulls'
  | 'fetches inputs'
  | 'uploads outputs'
  | 'is canceled just before'
  | 'is canceled during it'
  | 'is held by the limit'
  | 'is posted just before'
  | 'is posted during it'
  | 'is posted after it';

/** One part: how many tasks play it, what each is, and how it must end. */
export interface Role {
  readonly part: Part;
  readonly count: number;
  readonly end: FinalState;
  build(serial: number): object;
}

const FAILURE = 3;
/** More than any machine has. */
const NO_NODE_HAS = 4096;

/** The roles that are brought to their states before the outage; `outageMs` is how long it lasts. */
export function castOf({ witness, registry, fileUrl }: Rig, outageMs: number): readonly Role[] {
  const seconds = outageMs / 1000;
  const runs = (lasting: number, exit = 0): string =>
    `${witness.start(0)}; sleep ${Math.round(lasting)}; ${witness.end(0, exit)}; exit ${exit}`;
  const works = (lasting: number, members: object = {}) => ({
    executors: [aShell(runs(lasting))],
    ...members,
  });
  const roomy = { resources: { disk_gb: 2 } };
  return [
    { part: 'ends during it', count: 4, end: 'COMPLETE', build: () => works(seconds * 0.4) },
    {
      part: 'fails during it',
      count: 2,
      end: 'EXECUTOR_ERROR',
      build: () => ({ executors: [aShell(runs(seconds * 0.3, FAILURE))] }),
    },
    { part: 'ends after it', count: 4, end: 'COMPLETE', build: () => works(seconds * 1.2 + 30) },
    {
      part: 'waits for a node',
      count: 2,
      end: 'CANCELED',
      build: () => works(0, { resources: { cpu_cores: NO_NODE_HAS } }),
    },
    {
      part: 'pulls',
      count: 2,
      end: 'CANCELED',
      build: (serial) => ({
        executors: [{ ...aShell('true'), image: registry.image(`never-${serial}`) }],
      }),
    },
    {
      part: 'fetches inputs',
      count: 2,
      end: 'COMPLETE',
      build: () => works(1, { ...roomy, inputs: [{ path: '/in/put', url: fileUrl(INPUT) }] }),
    },
    {
      part: 'uploads outputs',
      count: 2,
      end: 'COMPLETE',
      build: (serial) => ({
        ...roomy,
        executors: [aShell(`truncate -s 500M /data/out; ${runs(0)}`)],
        volumes: ['/data'],
        outputs: [{ path: '/data/out', url: fileUrl(`out-${serial}`) }],
      }),
    },
    {
      part: 'is canceled just before',
      count: 3,
      end: 'CANCELED',
      build: () => ({ executors: [aShell(`trap '' TERM; ${runs(seconds * 3)}`)] }),
    },
    {
      part: 'is canceled during it',
      count: 3,
      end: 'CANCELED',
      build: () => ({
        executors: [
          aShell(
            `trap 'exit 143' TERM; ${witness.start(0)}; sleep ${Math.round(seconds * 3)} & wait`,
          ),
        ],
      }),
    },
  ];
}

/** A task that does nothing. */
export function aShortTask({ witness }: Rig): object {
  return { executors: [aShell(`${witness.start(0)}; ${witness.end(0, 0)}`)] };
}
