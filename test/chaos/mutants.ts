/** Copies of the source tree with one guard taken out: the harness must catch each of them. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One small replacement in one file. */
interface Replacement {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The guards that can be taken out, and what is written in their place. */
export const MUTANTS = {
  /** Only the api's fast path starts workflows: nobody comes back to what it could not start. */
  'no-outbox': [
    {
      file: 'src/controller/dispatcher.ts',
      from: 'const claimed = await outbox.claim(BATCH);',
      to: 'const claimed = (await outbox.claim(0)).slice(0, 0);',
    },
  ],
  /** A pod is let go although its uid could not be recorded. */
  'no-uid-record': [
    {
      file: 'activities/ensure-pod.ts',
      from: 'if (!(await attempts.recordUid(ref.taskId, ref.number, made.pod.uid))) {',
      to: 'if (!(await attempts.recordUid(ref.taskId, ref.number, made.pod.uid)) && made.pod.uid === "") {',
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
      from: 'return hasEnded(pod) || (attempt.deleteAsked && isDeletedUnbound(pod));',
      to: 'return hasEnded(pod) || pod.deletedAt !== undefined;',
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
