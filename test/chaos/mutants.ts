/** Copies of the source tree with one guard taken out: the harness must catch each of them. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FateName } from './fates.ts';

/** One small replacement in one file. */
interface Replacement {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The guards that can be taken out, and what is written in their place. */
export const MUTANTS = {
  /** Nothing is taken out: the control, in which nothing may be found. */
  none: [],
  /** Only the api's fast path starts workflows: nobody comes back to what it could not start. */
  'no-outbox': [
    {
      file: 'src/controller/dispatcher.ts',
      from: 'await launchAll(ports, claimed);',
      to: 'if (claimed.length < 0) await launchAll(ports, claimed);',
    },
  ],
  /** A pod is let go although its uid could not be recorded, and a look at its attempt does not adopt it. */
  'no-uid-record': [
    {
      file: 'activities/ensure-pod.ts',
      from: 'if (!(await attempts.recordUid(taskId, number, made.pod.uid))) {',
      to: 'if (!(await attempts.recordUid(taskId, number, made.pod.uid)) && made.pod.uid === "") {',
    },
    {
      file: 'activities/unrecorded-pod.ts',
      from: "return pod.gated ? 'unstarted' : 'forgotten';",
      to: "return pod.gated ? 'unstarted' : 'foreign';",
    },
  ],
  /** Nothing keeps a deleted pod readable. */
  'no-finalizer': [
    {
      file: 'src/kubernetes/pod/build-task-pod.ts',
      from: 'finalizers: [FINALIZER],',
      to: 'finalizers: [FINALIZER].slice(1),',
    },
  ],
  /** A pod that was told to die counts as dead. */
  'no-proven-dead': [
    {
      file: 'src/tes/proven-dead.ts',
      from: "if (!isTerminalPhase(pod) || pod.disruption === 'DeletionByPodGC') return false;",
      to: 'if (pod.deletedAt !== undefined) return true;',
    },
  ],
  /** A watch that ends goes on where the cluster is now: what happened meanwhile is not found. */
  'no-relist': [
    {
      file: 'src/kubernetes/follow-resource.ts',
      from: 'const { names, version } = await listAll(what);',
      to: 'const isFirst = !listedOnce.has(what);\n      listedOnce.add(what);\n      const { names, version } = await listAll(isFirst ? what : { ...what, onItem: () => undefined });',
    },
    {
      file: 'src/kubernetes/follow-resource.ts',
      from: 'const FIRST_PAUSE_MS = 250;',
      to: 'const FIRST_PAUSE_MS = 250;\nconst listedOnce = new WeakSet<object>();',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Replacement[]>>;

export type MutantName = keyof typeof MUTANTS;

/** What a short run does to bring a missing guard to light. */
export interface Focus {
  /** Actions as `action target`. */
  readonly actions: readonly string[];
  readonly fates: readonly FateName[];
  /** The share of tasks that are cancelled. */
  readonly canceledShare: number;
}

const WORKING: readonly FateName[] = ['short', 'long', 'staged', 'two-executors', 'exit-code'];
const FEW = 0.15;
const MANY = 0.6;

/** Which actions and fates each mutant is tried with; the control is tried with all of them. */
const FOCUS: Readonly<Record<Exclude<MutantName, 'none'>, Focus>> = {
  'no-outbox': {
    actions: ['kill api', 'pause api', 'cut api–temporal', 'outage temporal'],
    fates: WORKING,
    canceledShare: FEW,
  },
  'no-uid-record': {
    actions: ['kill worker', 'pause worker', 'stall worker–kubernetes', 'stall worker–postgres'],
    fates: WORKING,
    canceledShare: MANY,
  },
  'no-finalizer': {
    actions: ['delete pod', 'evict pod', 'force-delete pod', 'stall worker–kubernetes'],
    fates: WORKING,
    canceledShare: FEW,
  },
  'no-proven-dead': {
    actions: ['delete pod', 'evict pod', 'hang node'],
    fates: ['deaf', 'long'],
    canceledShare: FEW,
  },
  'no-relist': {
    // A watch that is cut is back within milliseconds, in which hardly a pod ends; an outage lasts seconds. What is done
    // to the api gives pods the time between two outages to be seen.
    actions: [
      'outage kubernetes',
      'kill api',
      'pause api',
      'stall api–postgres',
      'stall api–temporal',
    ],
    fates: ['long', 'staged'],
    canceledShare: FEW,
  },
};

/** The focus of a mutant; of the control, everything. */
export function focusOf(name: MutantName): Focus {
  if (name !== 'none') return FOCUS[name];
  const all = Object.values(FOCUS);
  return {
    actions: all.flatMap(({ actions }) => actions),
    fates: all.flatMap(({ fates }) => fates),
    canceledShare: MANY,
  };
}

const ROOT = join(import.meta.dirname, '../..');
/** What a server needs to run. */
const COPIED = ['src', 'workflows', 'activities', 'package.json', 'tsconfig.json'];

/** The source tree itself. */
export const TRUE_ROOT = ROOT;

/** Copies the source into a folder and takes the guard out. Throws when the text to replace is not there exactly once. */
export function makeMutant(name: MutantName, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const part of COPIED) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, from, to } of MUTANTS[name]) {
    const path = join(folder, file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) {
      throw new Error(
        `The mutant ${name} finds its text ${parts.length - 1} times in ${file}; correct ${import.meta.filename}.`,
      );
    }
    writeFileSync(path, parts.join(to));
  }
  return folder;
}
