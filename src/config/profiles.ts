/** Settings that are YAML: profiles of places and of GPUs. */
import { type Static, type TSchema, Type } from 'typebox';
import Value from 'typebox/value';
import { parse } from 'yaml';

import type { GpuProfile, Placement } from '../tes/offers.ts';

const LABEL_KEY =
  '^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';
const LABEL_VALUE = '^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$';
const OBJECT_NAME = '^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$';
const PROFILE_NAME = '^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';

const name = () => Type.Optional(Type.String({ pattern: OBJECT_NAME }));
const closed = { additionalProperties: false };
const choice = <const T extends string[]>(values: [...T]) => Type.Optional(Type.Enum(values));

const TolerationSchema = Type.Object(
  {
    key: Type.Optional(Type.String({ pattern: LABEL_KEY })),
    operator: choice(['Exists', 'Equal']),
    value: Type.Optional(Type.String({ pattern: LABEL_VALUE })),
    effect: choice(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    tolerationSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
);

const placement = {
  nodeSelector: Type.Optional(
    Type.Record(Type.String({ pattern: LABEL_KEY }), Type.String({ pattern: LABEL_VALUE }), closed),
  ),
  tolerations: Type.Optional(Type.Array(TolerationSchema)),
  runtimeClassName: name(),
  priorityClassName: name(),
  schedulerName: name(),
};

const PlacementSchema = Type.Object(placement, closed);

const GpuSchema = Type.Object(
  {
    ...placement,
    resource: Type.String({ pattern: LABEL_KEY.replace('/)?', '/)') }),
    maximum: Type.Integer({ minimum: 1, maximum: 9999 }),
  },
  closed,
);

const named = <T extends TSchema>(schema: T) =>
  Type.Record(Type.String({ pattern: PROFILE_NAME }), schema, closed);

const PlacementsSchema = named(PlacementSchema);
const GpusSchema = named(GpuSchema);

type Fault = (fault: string) => void;

/** Reads named places for pods. What is wrong is given to `report` as the end of a sentence. */
export function toPlacements(
  text: string | undefined,
  report: Fault,
): Readonly<Record<string, Placement>> {
  return readYaml(PlacementsSchema, text, report) ?? {};
}

/** Reads named kinds of GPU. */
export function toGpuProfiles(
  text: string | undefined,
  report: Fault,
): Readonly<Record<string, GpuProfile>> {
  return readYaml(GpusSchema, text, report) ?? {};
}

/** Reads one place for pods. */
export function toPlacement(text: string | undefined, report: Fault): Placement {
  return readYaml(PlacementSchema, text, report) ?? {};
}

/** No alias is needed in settings this small, so none can blow them up. */
function readYaml<T extends TSchema>(
  schema: T,
  text: string | undefined,
  report: Fault,
): Static<T> | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    report(`must be YAML or JSON: ${firstLine(error)}`);
    return undefined;
  }
  if (Value.Check(schema, value)) return value;
  for (const { keyword, instancePath, message } of Value.Errors(schema, value)) {
    if (keyword === 'additionalProperties') continue;
    const place = instancePath === '' ? 'as a whole' : `at ${instancePath}`;
    const fault = keyword === 'boolean' ? 'is no name that is known here' : message;
    report(`is wrong ${place}: it ${fault}`);
  }
  return undefined;
}

function firstLine(error: unknown): string {
  return (error as { message: string }).message.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
}
