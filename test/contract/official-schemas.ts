/** The official TES document with the service-info document that it refers to, read from the vendored copies. */
import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

/** The part of an OpenAPI schema that is compared. */
export interface OfficialSchema {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OfficialSchema>>;
  readonly additionalProperties?: OfficialSchema;
  readonly items?: OfficialSchema;
  readonly enum?: readonly string[];
  readonly $ref?: string;
  readonly allOf?: readonly OfficialSchema[];
}

interface OfficialDocument {
  readonly components: {
    readonly schemas: Readonly<Record<string, OfficialSchema>>;
    readonly parameters?: { readonly view: { readonly schema: OfficialSchema } };
  };
}

function read(file: string): OfficialDocument {
  return parse(
    readFileSync(new URL(`official/${file}`, import.meta.url), 'utf8'),
  ) as OfficialDocument;
}

export const tes = read('task_execution_service.openapi.yaml');
const serviceInfo = read('service-info.yaml');

/** A schema with every reference replaced and every `allOf` merged, all the way down. */
function resolved(schema: OfficialSchema): OfficialSchema {
  if (schema.$ref !== undefined) return resolved(referenced(schema.$ref));
  const merged = (schema.allOf ?? []).map(resolved).reduce(merge, { ...schema, allOf: [] });
  return {
    ...merged,
    ...(merged.items && { items: resolved(merged.items) }),
    ...(merged.properties && {
      properties: Object.fromEntries(
        Object.entries(merged.properties).map(([name, member]) => [name, resolved(member)]),
      ),
    }),
  };
}

/** A schema of the TES document by its name. */
export function official(name: string): OfficialSchema {
  return resolved(referenced(`#/components/schemas/${name}`));
}

function referenced(reference: string): OfficialSchema {
  const name = reference.split('/').at(-1) ?? '';
  const schema = tes.components.schemas[name] ?? serviceInfo.components.schemas[name];
  if (!schema) throw new Error(`${reference} leads nowhere`);
  return schema;
}

function merge(one: OfficialSchema, other: OfficialSchema): OfficialSchema {
  return {
    ...one,
    ...other,
    required: [...(one.required ?? []), ...(other.required ?? [])],
    properties: { ...one.properties, ...other.properties },
  };
}
