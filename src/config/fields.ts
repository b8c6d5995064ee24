/** The kinds of settings there are. */
import { Type } from 'typebox';

/** What a setting says beside its JSON Schema. */
export interface SettingFacts {
  readonly description: string;
  readonly unit?: string;
  /** Never printed; can also be read from the file that `<name>_FILE` names. */
  readonly secret?: true;
  /** YAML or JSON; can also be read from the file that `<name>_FILE` names. */
  readonly yaml?: true;
}

/** A text, not empty. */
export const text = (facts: SettingFacts & { default?: string; pattern?: string }) =>
  Type.String({ minLength: 1, ...facts });

/** true or false. */
export const flag = (facts: SettingFacts & { default: boolean }) => Type.Boolean({ ...facts });

/** One of several words. */
export const choice = <const T extends string[]>(
  values: [...T],
  facts: SettingFacts & { default: T[number] },
) => Type.Enum(values, { type: 'string', ...facts });

/** A whole number; at least 1 and at most what a 32-bit timer can hold, unless it says otherwise. */
export const count = (
  facts: SettingFacts & { default?: number; minimum?: number; maximum?: number },
) => Type.Integer({ minimum: 1, maximum: 2_147_483, ...facts });

/** A quantity above 0. */
export const amount = (facts: SettingFacts & { default: number }) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, ...facts });

/** Whole seconds, up to a year. */
export const seconds = (standard: number, description: string) =>
  count({ default: standard, maximum: 31_536_000, unit: 'seconds', description });
