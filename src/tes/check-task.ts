/** The rules of a task that a schema cannot express. Each problem is one sentence that names field and remedy. */
import { checkExecutors } from './check-executors.ts';
import { checkResources } from './check-resources.ts';
import { checkSize } from './check-size.ts';
import type { ImageRules } from './image-rules.ts';
import type { Offers } from './offers.ts';
import { reportConflicts, reportDevices } from './path-conflicts.ts';
import { cleanPath, cleanPrefix, isWithin, pathFault, placeFault } from './paths.ts';
import { isPattern, parsePattern } from './patterns.ts';
import { type Place, placesOf } from './places.ts';
import { isWholeBucket } from './remote-urls.ts';
import type { Draft, Report } from './shape.ts';
import type { Input, Output, TaskDocument } from './task.ts';
import { parseStorageUrl, resolveFile, type StorageScheme } from './urls.ts';

/** What this installation accepts. */
export interface TaskRules {
  readonly maxExecutors: number;
  /** The folders under which `file:` URLs may lie. */
  readonly fileRoots: readonly string[];
  readonly offers: Offers;
  readonly images: ImageRules;
  /** Where executors see files of the administrator; nothing of a task can lie there. */
  readonly reservedPlaces: readonly string[];
  /** Schemes that can be transferred. */
  readonly schemes: readonly StorageScheme[];
  /** The most bytes of a document as JSON that could ever be started. */
  readonly maxDocumentBytes: number;
}

/** Reports everything that is wrong with a task that was read by its schema. */
export function checkTask(task: Draft<TaskDocument>, rules: TaskRules, report: Report): void {
  checkExecutors(task.executors, rules, report);
  checkResources(task.resources, rules.offers, report);
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
  if (!checkSize(task, report)) return;
  const places = placesOf(task);
  reportConflicts(places, report);
  reportDevices(places, report);
  reportReserved([...places, ...workdirsOf(task)], rules.reservedPlaces, report);
}

/** A directory of the task over one of the administrator, or beneath it, would hide its files or be refused. */
function reportReserved(
  places: readonly Pick<Place, 'pointer' | 'path'>[],
  reserved: readonly string[],
  report: Report,
): void {
  for (const { pointer, path } of places) {
    const taken = reserved.find((place) => isWithin(path, place) || isWithin(place, path));
    if (taken === undefined) continue;
    report(
      pointer,
      `must not lie in ${taken} or hold it, where executors see files of the operator`,
    );
  }
}

function workdirsOf({ executors = [] }: Draft<TaskDocument>): Pick<Place, 'pointer' | 'path'>[] {
  return executors.flatMap((executor, index) =>
    executor?.workdir === undefined || cleanPath(executor.workdir) === '/'
      ? []
      : [{ pointer: `/executors/${index}/workdir`, path: executor.workdir }],
  );
}

interface Checked {
  readonly rules: TaskRules;
  readonly report: Report;
  readonly pointer: string;
}

function checkInput(input: Draft<Input>, checked: Checked): void {
  const { report, pointer } = checked;
  if (input.path !== undefined) reportFault(report, `${pointer}/path`, placeFault(input.path));
  if (input.content !== undefined) {
    if (input.type !== 'DIRECTORY') return;
    report(`${pointer}/content`, 'cannot fill a DIRECTORY; give a url, or make it a FILE');
  } else if (input.url === undefined) {
    report(pointer, 'has neither url nor content; give one of them');
  } else {
    const kind = input.type ?? 'FILE';
    reportFault(report, `${pointer}/url`, urlFault(input.url, kind, checked.rules));
  }
}

function checkOutput(output: Draft<Output>, checked: Checked): void {
  const { report, pointer } = checked;
  if (output.url !== undefined) {
    const kind = isPattern({ ...output, path: output.path ?? '' }) ? 'DIRECTORY' : output.type;
    reportFault(report, `${pointer}/url`, urlFault(output.url, kind ?? 'FILE', checked.rules));
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
  if (fault === undefined && !cleanPath(output.path).startsWith(cleanPrefix(prefix))) {
    checked.report(pointer, 'must be the beginning of path, since it is cut from it');
  }
  if (parsePattern(output.path).base !== '/') return;
  checked.report(
    `${checked.pointer}/path`,
    'must not have wildcards in its first directory; begin it with one such as /work',
  );
}

/** `kind` is what the URL must be able to stand for. */
function urlFault(url: string, kind: 'FILE' | 'DIRECTORY', rules: TaskRules): string | undefined {
  const place = parseStorageUrl(url);
  if ('fault' in place) return place.fault;
  if (!rules.schemes.includes(place.scheme)) {
    const known = rules.schemes.map((scheme) => `${scheme}: URLs`).join(', ');
    return `has the scheme ${place.scheme}:, but this version transfers only inline content and ${known}`;
  }
  if (place.scheme !== 'file') {
    const whole = kind === 'FILE' && isWholeBucket(place.scheme, place.url);
    return whole ? 'names no file; add its key, or make it a DIRECTORY' : undefined;
  }
  const roots = rules.fileRoots.map((root) => ({ root, claim: '' }));
  if (resolveFile(place.path, roots)) return undefined;
  const remedy =
    roots.length === 0 ? 'none is configured here' : `use one of ${rules.fileRoots.join(', ')}`;
  return `must lie in a folder that is configured for file: URLs; ${remedy}`;
}

function reportFault(report: Report, pointer: string, fault: string | undefined): void {
  if (fault !== undefined) report(pointer, fault);
}
