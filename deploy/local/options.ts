import path from 'node:path';
import { parseArgs } from 'node:util';

import { defaultStateDirectory } from './directories.ts';
import { LocalError } from './local-error.ts';

export interface CommonOptions {
  /** The state directory. */
  state: string;
  /** A context of the user's kubeconfig. */
  context?: string;
  /** The folder for `file://` URLs. */
  files: string;
}

export interface StartOptions extends CommonOptions {
  isOnce: boolean;
  isReset: boolean;
  isHelp: boolean;
  port: number;
}

export interface TestOptions extends CommonOptions {
  layers: readonly Layer[];
  isKept: boolean;
  isReset: boolean;
  isHelp: boolean;
  /** Arguments for jest. */
  rest: readonly string[];
}

export interface BenchOptions extends CommonOptions {
  isReset: boolean;
  isHelp: boolean;
  /** Arguments for the bench itself. */
  rest: readonly string[];
}

export interface LocalOptions {
  state: string;
  command?: string;
  /** What stands behind the command, untouched. */
  rest: readonly string[];
  isHelp: boolean;
}

export const LAYERS = [
  'unit',
  'contract',
  'workflow',
  'replay',
  'shim',
  'integration',
  'e2e',
] as const;

export type Layer = (typeof LAYERS)[number];

const COMMON = {
  state: { type: 'string' },
  context: { type: 'string' },
  files: { type: 'string' },
  reset: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const DEFAULT_PORT = 8080;

/** Options of `npm start`. A wrong one throws a sentence. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values } = parse(() =>
    parseArgs({
      args: [...args],
      options: { ...COMMON, once: { type: 'boolean', default: false }, port: { type: 'string' } },
    }),
  );
  return {
    ...commonOptions(values, defaultStateDirectory()),
    isOnce: values.once,
    isReset: values.reset,
    isHelp: values.help,
    port: parsePort(values.port),
  };
}

/** Options of `npm test`; what it does not know goes to jest. */
export function parseTestOptions(args: readonly string[]): TestOptions {
  const { values, tokens } = parse(() =>
    parseArgs({
      args: [...args],
      strict: false,
      tokens: true,
      options: {
        ...COMMON,
        keep: { type: 'boolean', default: false },
        layer: { type: 'string', multiple: true },
      },
    }),
  );
  const known = [...Object.keys(COMMON), 'keep', 'layer'];
  const ours = new Set(
    tokens.flatMap((token) => {
      if (token.kind !== 'option' || !known.includes(token.name)) return [];
      const isSeparate = token.value !== undefined && !token.inlineValue;
      return isSeparate ? [token.index, token.index + 1] : [token.index];
    }),
  );
  const layers = (values.layer ?? []).flatMap((value) => String(value).split(',')).map(parseLayer);
  return {
    ...commonOptions(values, `${defaultStateDirectory()}-test`),
    layers: layers.length === 0 ? LAYERS : layers,
    isKept: values.keep === true,
    isReset: values.reset === true,
    isHelp: values.help === true,
    rest: args.filter((_, index) => !ours.has(index)),
  };
}

/** Options of `npm run bench`. It works in the environment of the tests unless `--state` names another. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parse(() =>
    parseArgs({
      args: [...args],
      options: {
        ...COMMON,
        only: { type: 'string', multiple: true },
        tasks: { type: 'string' },
        quick: { type: 'boolean', default: false },
      },
    }),
  );
  return {
    ...commonOptions(values, `${defaultStateDirectory()}-test`),
    isReset: values.reset,
    isHelp: values.help,
    rest: [
      ...(values.only ?? []).flatMap((part) => ['--only', part]),
      ...(values.tasks === undefined ? [] : ['--tasks', values.tasks]),
      ...(values.quick ? ['--quick'] : []),
    ],
  };
}

/** Options of `npm run local`: those before the command are ours, what follows it belongs to the command. */
export function parseLocalOptions(args: readonly string[]): LocalOptions {
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--state');
  const own = at === -1 ? args : args.slice(0, at);
  const { values } = parse(() =>
    parseArgs({
      args: [...own],
      options: {
        state: { type: 'string' },
        test: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  const fallback = values.test ? `${defaultStateDirectory()}-test` : defaultStateDirectory();
  const command = args[at];
  return {
    state: path.resolve(values.state ?? fallback),
    ...(command === undefined ? {} : { command }),
    rest: at === -1 ? [] : args.slice(at + 1),
    isHelp: values.help,
  };
}

function parseLayer(name: string): Layer {
  const layer = LAYERS.find((known) => known === name);
  if (layer !== undefined) return layer;
  throw new LocalError(
    `There is no test layer ${name}: --layer takes one of ${LAYERS.join(', ')}.`,
  );
}

type Value = string | boolean | undefined;

function commonOptions(
  values: { state?: Value; context?: Value; files?: Value },
  fallback: string,
): CommonOptions {
  const state = path.resolve(typeof values.state === 'string' ? values.state : fallback);
  return {
    state,
    ...(typeof values.context === 'string' ? { context: values.context } : {}),
    files:
      typeof values.files === 'string' ? path.resolve(values.files) : path.join(state, 'files'),
  };
}

function parsePort(value: string | undefined): number {
  const port = value === undefined ? DEFAULT_PORT : Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new LocalError(`--port ${value ?? ''} is not a port: give a number from 1 to 65535.`);
  }
  return port;
}

function parse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new LocalError(
      `${error instanceof Error ? error.message : String(error)}. --help lists the options.`,
    );
  }
}
