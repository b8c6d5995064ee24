/** One setting: from the text of its environment variable to its value, or to what is wrong with it. */
import type { TSchema } from 'typebox';
import Value from 'typebox/value';

import type { SettingFacts } from './fields.ts';

/** The keywords of JSON Schema that settings use. */
export interface Setting extends SettingFacts {
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly default?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** A schema of this folder with the facts that it carries. */
export function settingOf(schema: TSchema): Setting {
  return schema as TSchema & Setting;
}

/** Whether a setting may come from the file that `<name>_FILE` names. */
export function isFromFile({ secret, yaml }: Setting): boolean {
  return secret === true || yaml === true;
}

/** The value of a text, or what it should be as the end of a sentence; a secret is never repeated in it. */
export function readSetting(
  schema: TSchema,
  text: string,
): { readonly value: unknown } | { readonly fault: string } {
  const setting = settingOf(schema);
  // What stands before the first line of a YAML counts.
  const value = convert(setting, setting.yaml ? text : text.trim());
  if (Value.Check(schema, value)) return { value };
  const shown = setting.secret ? '' : `, but is ${JSON.stringify(text)}`;
  return { fault: `must be ${expectation(setting)}${shown}` };
}

/** What a setting may be, such as "a whole number from 1 to 10". */
export function expectation(setting: Setting): string {
  if (setting.enum) return `one of ${setting.enum.join(', ')}`;
  switch (setting.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number from ${setting.minimum ?? 0} to ${setting.maximum ?? Infinity}`;
    case 'number':
      return `a number above ${setting.exclusiveMinimum ?? 0}, at most ${setting.maximum ?? Infinity}`;
    case 'string':
      return `as its description says: ${setting.description.replace(/\.$/, '')}`;
  }
}

/** Leaves alone what is no number or truth value, so that the check refuses it. */
function convert(setting: Setting, text: string): unknown {
  if (setting.type === 'string') return text;
  if (setting.type === 'boolean') return { true: true, false: false }[text] ?? text;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
