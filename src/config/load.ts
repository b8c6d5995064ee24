/** The only reader of the environment. */
import { readFileSync } from 'node:fs';

import { type Config, toConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { type Settings, SettingsSchema } from './schema.ts';
import { isFromFile, readSetting, settingOf } from './setting.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const DOCS = 'docs/configuration.md';

/** Variables that belong to tests and to the embedded environment. */
const FOREIGN = /^ORRERY_(?:TEST_.*|LOCAL_.*|TEMPORAL_BINARY|DEMO_IMAGE)$/;

/**
 * Reads all settings. An empty variable counts as unset, and a secret or a YAML may come from the file that
 * `<name>_FILE` names. Throws ConfigError with everything that is wrong, unknown ORRERY_ variables included.
 */
export function loadConfig(env: Environment = process.env): Config {
  const problems = unknownNames(env).map((name) => `${name} is not a setting; see ${DOCS}.`);
  // With holes in the settings the configuration is useless, but its lists are checked all the same.
  const config = toConfig(readAll(env, problems), (name, fault) =>
    problems.push(`${name} ${fault}.`),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return freeze(config);
}

/** Without problems every required setting has its value, so that the result is whole. */
function readAll(env: Environment, problems: string[]): Settings {
  const values: Record<string, unknown> = {};
  const required = new Set<string>(SettingsSchema.required);
  for (const [name, schema] of Object.entries(SettingsSchema.properties)) {
    const setting = settingOf(schema);
    const text = textOf(env, name, problems);
    if (text.kind === 'unreadable') continue;
    if (text.kind === 'set') {
      const read = readSetting(schema, text.text);
      if ('value' in read) values[name] = read.value;
      else problems.push(`${name} ${read.fault}.`);
    } else if (setting.default !== undefined) values[name] = setting.default;
    else if (required.has(name)) {
      problems.push(`${name} is missing: ${setting.description}`);
    }
  }
  return values as Settings;
}

type Text =
  | { readonly kind: 'set'; readonly text: string }
  | { readonly kind: 'unset' }
  | { readonly kind: 'unreadable' };

function textOf(env: Environment, name: string, problems: string[]): Text {
  const text = env[name] ?? '';
  const file = mayBeFile(name) ? (env[`${name}_FILE`] ?? '') : '';
  if (file === '') return text === '' ? { kind: 'unset' } : { kind: 'set', text };
  if (text !== '') {
    problems.push(`${name} and ${name}_FILE are both set; keep one of them.`);
    return { kind: 'unreadable' };
  }
  try {
    return { kind: 'set', text: readFileSync(file, 'utf8').trimEnd() };
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    problems.push(`${name}_FILE names ${JSON.stringify(file)}, which cannot be read (${code}).`);
    return { kind: 'unreadable' };
  }
}

function unknownNames(env: Environment): string[] {
  const isKnown = (name: string) =>
    Object.hasOwn(SettingsSchema.properties, name) ||
    (name.endsWith('_FILE') && mayBeFile(name.slice(0, -'_FILE'.length)));
  return Object.keys(env)
    .filter((name) => name.startsWith('ORRERY_') && !FOREIGN.test(name) && !isKnown(name))
    .sort();
}

function mayBeFile(name: string): boolean {
  const schemas = Object.entries(SettingsSchema.properties);
  return schemas.some(([known, schema]) => known === name && isFromFile(settingOf(schema)));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
