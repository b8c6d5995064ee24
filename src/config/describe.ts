/** The settings for people: the reference in the docs, and the configuration in force without its secrets. */
import type { TSchema } from 'typebox';

import type { Config } from './config.ts';
import { SETTING_GROUPS, SettingsSchema } from './schema.ts';
import { expectation, isFromFile, type Setting, settingOf } from './setting.ts';

const INTRODUCTION = `# Configuration

<!-- Generated from src/config/schema.ts; change it there. -->

Every setting is an environment variable. An empty variable counts as unset. At start Orrery checks all settings and
reports every problem at once; an unknown variable that begins with \`ORRERY_\` is a problem too. All roles read the
same settings, so that one environment serves them all. A secret, or a YAML, can also be put into a file
that \`<name>_FILE\` names.
\`--print-config\` shows the configuration in force, with secrets masked.
`;

/** The page docs/configuration.md. */
export function describeSettings(): string {
  const tables = Object.entries(SETTING_GROUPS).map(([title, settings]) => {
    const rows = Object.entries(settings).map(([name, schema]) => rowOf(name, schema));
    const head = ['| setting | default | values | meaning |', '| --- | --- | --- | --- |'];
    return [`## ${title}`, '', ...head, ...rows, ''].join('\n');
  });
  return [INTRODUCTION, ...tables].join('\n');
}

/** The configuration in force, with its secrets masked. */
export function maskedConfig(config: Config): Config {
  return { ...config, postgres: { ...config.postgres, url: '********' } };
}

function rowOf(name: string, schema: TSchema): string {
  const setting = settingOf(schema);
  const cells = [
    codeOf(name),
    defaultOf(name, setting),
    valuesOf(setting),
    meaningOf(name, setting),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(name: string, setting: Setting): string {
  if (setting.default !== undefined) return codeOf(String(setting.default));
  return SettingsSchema.required.includes(name as never) ? '**required**' : 'unset';
}

function valuesOf(setting: Setting): string {
  const words = setting.yaml ? 'YAML or JSON' : 'text';
  const values = setting.type === 'string' && !setting.enum ? words : expectation(setting);
  return setting.unit === undefined ? values : `${values} (${setting.unit})`;
}

function meaningOf(name: string, setting: Setting): string {
  const { description, secret } = setting;
  if (!isFromFile(setting)) return description;
  return `${description} ${secret ? 'Secret; or' : 'Or'} \`${name}_FILE\`.`;
}

function codeOf(text: string): string {
  return `\`${text}\``;
}
