/** The rules of a task that a schema cannot express. Each problem is one sentence that names field and remedy. */
import { type Placed, reportConflicts } from './path-conflicts.ts';
import { cleanPath, pathFault, placeFault } from './paths.ts';
import { isPattern, parsePattern } from './patterns.ts';
import { quoted } from './problems.ts';
import type { Draft, Report } from './shape.ts';
import type { Executor, Input, Output, TaskDocument } from './task.ts';
import { parseStorageUrl, resolveFile, type StorageScheme } from './urls.ts';

/** What this installation accepts. */
export interface TaskRules {
  readonly maxExecutors: number;
  /** The folders under which `file:` URLs may lie. */
  readonly fileRoots: readonly string[];
  /** Backend parameters that are known here; compared without letter case. */
  readonly backendParameters: readonly string[];
  /** Schemes that can be transferred. */
  readonly schemes: readonly StorageScheme[];
}

/** Reports everything that is wrong with a task that was read by its schema. */
export function checkTask(task: Draft<TaskDocument>, rules: TaskRules, report: Report): void {
  checkExecutors(task.executors, rules, report);
  const inputs = task.inputs ?? [];
  inputs.forEach((input, index) => {
    if (input) checkInput(input, { rules, report, pointer: `/inputs/${index}` });
  });
  (task.outputs ?? []).forEach((output, index) => {
    if (output) checkOutput(output, { rules, report, pointer: `/outputs/${index}` });
  });
  const volumes = task.volumes ?? [];
  volumes.forEach((volume, index) => {
    reportFault(report, `/volumes/${index}`, volume === undefined ? undefined : placeFault(volume));
  });
  reportConflicts([...inputs.flatMap(placeInput), ...volumes.flatMap(placeVolume)], report);
}

interface Checked {
  readonly rules: TaskRules;
  readonly report: Report;
  readonly pointer: string;
}

function checkExecutors(
  executors: readonly (Draft<Executor> | undefined)[] | undefined,
  rules: TaskRules,
  report: Report,
): void {
  if (!executors) return;
  if (executors.length === 0) report('/executors', 'must not be empty; give at least one');
  if (executors.length > rules.maxExecutors) {
    report('/executors', `must not be more than ${rules.maxExecutors} here; split the task`);
    return;
  }
  executors.forEach((executor, index) => {
    if (executor) checkExecutor(executor, `/executors/${index}`, report);
  });
}

/** Linux refuses to start a program with a longer argument or environment entry (MAX_ARG_STRLEN, without its NUL). */
const MAX_ARGUMENT_BYTES = 131_071;

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

function checkExecutor(executor: Draft<Executor>, pointer: string, report: Report): void {
  reportFault(report, `${pointer}/image`, imageFault(executor.image));
  if (executor.command?.length === 0 || executor.command?.[0] === '') {
    report(`${pointer}/command`, 'must begin with a program; give at least one argument');
  }
  executor.command?.forEach((argument, index) => {
    if (Buffer.byteLength(argument ?? '') <= MAX_ARGUMENT_BYTES) return;
    report(`${pointer}/command/${index}`, `${tooLong}; pass it in an input file instead`);
  });
  for (const name of ['workdir', 'stdin', 'stdout', 'stderr'] as const) {
    const path = executor[name];
    if (path !== undefined) reportFault(report, `${pointer}/${name}`, pathFault(path));
  }
  checkEnv(executor.env ?? {}, pointer, report);
}

function checkEnv(env: Draft<Executor['env'] & object>, pointer: string, report: Report): void {
  for (const [name, value = ''] of Object.entries(env)) {
    if (!ENV_NAME.test(name)) {
      report(`${pointer}/env`, `has the name ${quoted(name)}; use letters, digits, _ - and . only`);
    } else if (Buffer.byteLength(`${name}=${value}`) > MAX_ARGUMENT_BYTES) {
      report(`${pointer}/env/${name}`, `${tooLong}; pass it in an input file instead`);
    }
  }
}

const tooLong = `is longer than the ${MAX_ARGUMENT_BYTES} bytes that Linux passes to a program`;

function imageFault(image: string | undefined): string | undefined {
  if (image === undefined) return undefined;
  if (image === '') return 'must not be empty; name a container image';
  // Kubernetes refuses pods whose image has spaces around it, and no image name has any inside.
  return /[\s\p{Cc}]/u.test(image) ? 'must not hold spaces or control characters' : undefined;
}

function checkInput(input: Draft<Input>, checked: Checked): void {
  const { report, pointer } = checked;
  if (input.path !== undefined) reportFault(report, `${pointer}/path`, placeFault(input.path));
  if (input.content !== undefined) {
    if (input.type !== 'DIRECTORY') return;
    report(`${pointer}/content`, 'cannot fill a DIRECTORY; give a url, or make it a FILE');
  } else if (input.url === undefined) {
    report(pointer, 'has neither url nor content; give one of them');
  } else reportFault(report, `${pointer}/url`, urlFault(input.url, checked.rules));
}

function checkOutput(output: Draft<Output>, checked: Checked): void {
  const { report, pointer } = checked;
  if (output.url !== undefined) {
    reportFault(report, `${pointer}/url`, urlFault(output.url, checked.rules));
  }
  if (output.path === undefined) return;
  const fault = placeFault(output.path);
  reportFault(report, `${pointer}/path`, fault);
  if (fault === undefined) checkPrefix({ ...output, path: output.path }, checked);
}

function checkPrefix(output: Draft<Output> & { readonly path: string }, checked: Checked): void {
  if (!isPattern(output)) return;
  const pointer = `${checked.pointer}/path_prefix`;
  const prefix = output.path_prefix;
  if (prefix === undefined) {
    checked.report(pointer, 'is missing: a path with wildcards needs it to build the URLs');
    return;
  }
  const fault = pathFault(prefix);
  reportFault(checked.report, pointer, fault);
  if (fault === undefined && !cleanPath(output.path).startsWith(cleanPath(prefix))) {
    checked.report(pointer, 'must be the beginning of path, since it is cut from it');
  }
  if (parsePattern(output.path).base !== '/') return;
  checked.report(
    `${checked.pointer}/path`,
    'must not have wildcards in its first directory; begin it with one such as /work',
  );
}

function urlFault(url: string, rules: TaskRules): string | undefined {
  const place = parseStorageUrl(url);
  if ('fault' in place) return place.fault;
  if (!rules.schemes.includes(place.scheme)) {
    const known = rules.schemes.map((scheme) => `${scheme}: URLs`).join(', ');
    return `has the scheme ${place.scheme}:, but this version transfers only inline content and ${known}`;
  }
  if (place.scheme !== 'file') return undefined;
  const roots = rules.fileRoots.map((root) => ({ root, claim: '' }));
  if (resolveFile(place.path, roots)) return undefined;
  const remedy =
    roots.length === 0 ? 'none is configured here' : `use one of ${rules.fileRoots.join(', ')}`;
  return `must lie in a folder that is configured for file: URLs; ${remedy}`;
}

function placeInput(input: Draft<Input> | undefined, index: number): Placed[] {
  if (input?.path === undefined || placeFault(input.path) !== undefined) return [];
  const source = input.content === undefined ? `url ${input.url ?? ''}` : `text ${input.content}`;
  const type = input.type ?? 'FILE';
  return [{ pointer: `/inputs/${index}/path`, path: input.path, type, source }];
}

function placeVolume(volume: string | undefined, index: number): Placed[] {
  if (volume === undefined || placeFault(volume) !== undefined) return [];
  return [{ pointer: `/volumes/${index}`, path: volume, type: 'DIRECTORY' }];
}

function reportFault(report: Report, pointer: string, fault: string | undefined): void {
  if (fault !== undefined) report(pointer, fault);
}
