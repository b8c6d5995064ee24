/** From the body of POST /tasks to a task document, or to everything that is wrong with it. */
import { backendParameterFault, backendParameterNames } from './backend-parameters.ts';
import { checkPodSize } from './check-size.ts';
import { checkTask, type TaskRules } from './check-task.ts';
import { checkDocumentSize } from './document-size.ts';
import type { Offers } from './offers.ts';
import { pointerTo, type Problem, quoted } from './problems.ts';
import { TaskRequestSchema } from './schemas.ts';
import { collectProblems, type Draft, readShape, type Report } from './shape.ts';
import type { Input, TaskDocument } from './task.ts';
import { without } from './without.ts';

export type { TaskRules } from './check-task.ts';

/** A document with what the user should know about it, or the reasons why there is none. */
export type ParsedTask =
  | { readonly document: TaskDocument; readonly warnings: readonly string[] }
  | { readonly problems: readonly Problem[] };

/**
 * Validates and normalises a task. Nulls, unknown and server-written fields are dropped, lowerCamelCase names are
 * accepted, `type` is filled in, and backend parameters that are not supported are dropped with a warning.
 */
export function parseTask(body: unknown, rules: TaskRules): ParsedTask {
  const { problems, report } = collectProblems();
  const sent = readShape<TaskDocument>(TaskRequestSchema, body, report);
  if (!sent) return { problems };
  const { task, warnings } = withKnownParameters(withDefaults(sent), rules, report);
  checkTask(task, rules, report);
  if (problems.length > 0) return { problems };
  // No problem means no hole, which is all that a draft differs in.
  const document = task as TaskDocument;
  checkPodSize(document, report);
  checkDocumentSize(document, rules.maxDocumentBytes, report);
  return problems.length > 0 ? { problems } : { document, warnings };
}

/** Some clients send empty texts for paths and URLs that they do not set. */
function withDefaults(task: Draft<TaskDocument>): Draft<TaskDocument> {
  const { executors, inputs, outputs } = task;
  return {
    ...task,
    ...(executors && {
      executors: executors.map((executor) =>
        withoutBlank(executor, ['workdir', 'stdin', 'stdout', 'stderr']),
      ),
    }),
    ...(inputs && { inputs: inputs.map((input) => withSource(withType(input))) }),
    ...(outputs && {
      outputs: outputs.map((output) => withType(withoutBlank(output, ['path_prefix']))),
    }),
  };
}

/** Empty content beside a URL means that it is not set; content that is set wins over the URL. */
function withSource(input: Draft<Input> | undefined): Draft<Input> | undefined {
  const named = withoutBlank(input, ['url']);
  return named?.url === undefined ? named : withoutBlank(named, ['content']);
}

function withType<T extends { readonly type?: 'FILE' | 'DIRECTORY' }>(
  item: T | undefined,
): (T & { readonly type: 'FILE' | 'DIRECTORY' }) | undefined {
  return item && { ...item, type: item.type ?? 'FILE' };
}

/** Only members that may be absent are named, so that what remains is a `T`. */
function withoutBlank<T extends object>(
  item: T | undefined,
  names: readonly (keyof T)[],
): T | undefined {
  const blank = names.filter((name) => item?.[name] === '');
  return item && blank.length > 0 ? (without(item, ...blank) as T) : item;
}

interface Known {
  readonly task: Draft<TaskDocument>;
  readonly warnings: readonly string[];
}

/**
 * Drops the backend parameters that are not supported here, by their name or their value; with the strict flag each of
 * them is a problem.
 */
function withKnownParameters(task: Draft<TaskDocument>, rules: TaskRules, report: Report): Known {
  const { resources } = task;
  if (!resources?.backend_parameters) return { task, warnings: [] };
  const { backend_parameters: sent, ...rest } = resources;
  const { kept, faults } = sortParameters(sent, rules.offers);
  if (resources.backend_parameters_strict === true) {
    for (const [name, fault] of faults) {
      const pointer = pointerTo('/resources/backend_parameters', name);
      report(pointer, `${fault}; leave it out or unset backend_parameters_strict`);
    }
  }
  const known = kept.length > 0 ? { ...rest, backend_parameters: Object.fromEntries(kept) } : rest;
  return {
    task: { ...task, resources: known },
    warnings: faults.map(
      ([name, fault]) => `The backend parameter ${quoted(name)} ${fault}; it was dropped.`,
    ),
  };
}

interface SortedParameters {
  readonly kept: readonly (readonly [string, string])[];
  readonly faults: readonly (readonly [string, string])[];
}

function sortParameters(
  sent: Readonly<Record<string, string | undefined>>,
  offers: Offers,
): SortedParameters {
  const known: readonly string[] = backendParameterNames(offers);
  const seen = new Set<string>();
  const kept: [string, string][] = [];
  const faults: [string, string][] = [];
  for (const [name, value = ''] of Object.entries(sent)) {
    const lower = name.toLowerCase();
    const fault = known.includes(lower)
      ? backendParameterFault(lower, value, offers)
      : `is not supported here (supported: ${known.join(', ')})`;
    const twin = seen.has(lower) ? 'is there in another letter case too' : undefined;
    seen.add(lower);
    const wrong = fault ?? twin;
    if (wrong === undefined) kept.push([name, value]);
    else faults.push([name, wrong]);
  }
  return { kept, faults };
}
