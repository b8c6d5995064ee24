/** The rules of executors: what Kubernetes and Linux would refuse. */
import { executorImageFault, type ImageRules } from './image-rules.ts';
import { streamFault, workdirFault } from './paths.ts';
import { quoted } from './problems.ts';
import type { Draft, Report } from './shape.ts';
import type { Executor } from './task.ts';

/** Linux refuses to start a program with a longer argument or environment entry (MAX_ARG_STRLEN, without its NUL). */
const MAX_ARGUMENT_BYTES = 131_071;

/** It refuses more than 2 MiB of both together; the rest is for the image's own variables. */
const MAX_PROGRAM_BYTES = 1_900_000;

/** What an argument or entry takes beside its text: a NUL and a pointer. */
const ENTRY_BYTES = 9;

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

type Executors = readonly (Draft<Executor> | undefined)[] | undefined;

/** Reports everything that is wrong with the executors of a task. */
export function checkExecutors(
  executors: Executors,
  { maxExecutors: maximum, images }: { readonly maxExecutors: number; readonly images: ImageRules },
  report: Report,
): void {
  if (!executors) return;
  if (executors.length === 0) report('/executors', 'must not be empty; give at least one');
  if (executors.length > maximum) {
    report('/executors', `must not be more than ${maximum} here; split the task`);
    return;
  }
  executors.forEach((executor, index) => {
    if (executor) checkExecutor(executor, images, { pointer: `/executors/${index}`, report });
  });
}

function checkExecutor(
  executor: Draft<Executor>,
  images: ImageRules,
  { pointer, report }: { readonly pointer: string; readonly report: Report },
): void {
  const { image, command = [], env = {} } = executor;
  const fault = image === undefined ? undefined : executorImageFault(image, images);
  if (fault !== undefined) report(`${pointer}/image`, fault);
  if (executor.command?.length === 0 || command[0] === '') {
    report(`${pointer}/command`, 'must begin with a program; give at least one argument');
  }
  command.forEach((argument = '', index) => {
    if (Buffer.byteLength(argument) <= MAX_ARGUMENT_BYTES) return;
    report(`${pointer}/command/${index}`, `${tooLong}; pass it in an input file instead`);
  });
  for (const name of ['workdir', 'stdin', 'stdout', 'stderr'] as const) {
    const faultOf = name === 'workdir' ? workdirFault : streamFault;
    const wrong = executor[name] === undefined ? undefined : faultOf(executor[name]);
    if (wrong !== undefined) report(`${pointer}/${name}`, wrong);
  }
  checkEnv(env, pointer, report);
  checkTotal(command, env, { pointer, report });
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

function checkTotal(
  command: readonly (string | undefined)[],
  env: Readonly<Record<string, string | undefined>>,
  { pointer, report }: { readonly pointer: string; readonly report: Report },
): void {
  const entries = Object.entries(env).map(([name, value = '']) => `${name}=${value}`);
  const bytes = [...command, ...entries].reduce(
    (total, text = '') => total + Buffer.byteLength(text) + ENTRY_BYTES,
    0,
  );
  if (bytes <= MAX_PROGRAM_BYTES) return;
  const remedy = 'Linux starts no program with more; pass it in input files instead';
  report(pointer, `has command and env of more than ${MAX_PROGRAM_BYTES} bytes; ${remedy}`);
}

const tooLong = `is longer than the ${MAX_ARGUMENT_BYTES} bytes that Linux passes to a program`;
