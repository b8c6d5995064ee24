/**
 * Reads a JSON value by a schema: keeps what the schema knows, in the schema's spelling, and says what does not fit.
 * Clients send `null` for what is unset, lowerCamelCase names, and fields of other versions; none of that is an error.
 */
import { fieldName, pointerTo, type Problem, quoted } from './problems.ts';

/** The part of JSON Schema that our documents are made of. */
interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly additionalProperties?: Shape;
  readonly enum?: readonly string[];
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

/** A document that may still have holes where something did not fit; holes in arrays keep the indices. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> }
    : T;

/** Where problems go while a document is read. */
export type Report = (pointer: string, remedy: string) => void;

/** No answer lists more, however broken the document is. */
const MAX_PROBLEMS = 100;

/** Collects problems as sentences that begin with the field; those beyond the first hundred are dropped. */
export function collectProblems(): { readonly problems: Problem[]; readonly report: Report } {
  const problems: Problem[] = [];
  const report: Report = (pointer, remedy) => {
    if (problems.length >= MAX_PROBLEMS) return;
    problems.push({ pointer, message: `${fieldName(pointer)} ${remedy}.` });
  };
  return { problems, report };
}

/** Reads `raw` by a schema that describes a `T`. What does not fit is reported and left out. */
export function readShape<T>(schema: object, raw: unknown, report: Report): Draft<T> | undefined {
  return read(schema, raw, { pointer: '', report }) as Draft<T> | undefined;
}

interface Place {
  readonly pointer: string;
  readonly report: Report;
}

function read(shape: Shape, raw: unknown, place: Place): unknown {
  if (shape.properties) return readObject(shape, shape.properties, raw, place);
  if (shape.additionalProperties) return readMap(shape, shape.additionalProperties, raw, place);
  if (shape.items) return readArray(shape, shape.items, raw, place);
  if (shape.type === 'string') return readText(shape, raw, place);
  if (shape.type === 'number') return readNumber(shape, raw, place);
  return typeof raw === 'boolean' ? raw : refuse(place, 'must be true or false');
}

function readObject(
  shape: Shape,
  properties: Readonly<Record<string, Shape>>,
  raw: unknown,
  place: Place,
): unknown {
  if (!isObject(raw)) return refuse(place, 'must be a JSON object; put it into { }');
  const members: Record<string, unknown> = {};
  for (const name in properties) {
    const member = properties[name] ?? {};
    const sent = own(raw, name) ?? (name.includes('_') ? own(raw, camelCase(name)) : undefined);
    const isMissing = sent === undefined && shape.required?.includes(name) === true;
    if (sent === undefined && !isMissing) continue;
    const inner = { report: place.report, pointer: pointerTo(place.pointer, name) };
    const value = isMissing
      ? refuse(inner, `is missing: ${hint(member)}`)
      : read(member, sent, inner);
    if (value !== undefined) members[name] = value;
  }
  return members;
}

function readMap(map: Shape, shape: Shape, raw: unknown, place: Place): unknown {
  if (!isObject(raw))
    return refuse(place, 'must be a JSON object of texts, such as {"key": "value"}');
  const maximum = map.maxProperties ?? Infinity;
  const entries = Object.entries(raw);
  if (entries.length > maximum)
    return refuse(place, `must not have more than ${maximum} members; send fewer`);
  const members = entries
    .filter(([, value]) => value !== null)
    .map(([key, value]): [string, unknown] => {
      const inner = { ...place, pointer: pointerTo(place.pointer, key) };
      const fault = textFault(key);
      if (fault !== undefined) return [key, refuse(inner, `has a key that ${fault}`)];
      return [key, read(shape, value, inner)];
    });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function readArray(list: Shape, shape: Shape, raw: unknown, place: Place): unknown {
  if (!Array.isArray(raw)) return refuse(place, 'must be a JSON array; put it into [ ]');
  const maximum = list.maxItems ?? Infinity;
  if (raw.length > maximum)
    return refuse(place, `must not have more than ${maximum} entries; send fewer`);
  return raw.map((item: unknown, index) =>
    read(shape, item, { report: place.report, pointer: pointerTo(place.pointer, index) }),
  );
}

function readText(shape: Shape, raw: unknown, place: Place): unknown {
  if (typeof raw !== 'string') return refuse(place, 'must be text in quotes');
  if (shape.enum && !shape.enum.includes(raw)) {
    return refuse(place, `must be ${shape.enum.join(' or ')}, not ${quoted(raw)}`);
  }
  const fault = textFault(raw);
  return fault === undefined ? raw : refuse(place, fault);
}

function readNumber(shape: Shape, raw: unknown, place: Place): unknown {
  const low = shape.exclusiveMinimum ?? -Infinity;
  const high = shape.maximum ?? Number.MAX_VALUE;
  if (typeof raw === 'number' && raw > low && raw <= high) return raw;
  return refuse(place, `must be a number above ${low} and at most ${high}`);
}

/** Postgres cannot store NUL, and a lone surrogate is no Unicode text. */
function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'must not hold NUL characters; remove them';
  if (!text.isWellFormed()) return 'must be valid Unicode; it holds half of a surrogate pair';
  return undefined;
}

/** What does not fit is reported, and a hole takes its place. */
function refuse(place: Place, remedy: string): unknown {
  place.report(place.pointer, remedy);
  return undefined;
}

function hint(shape: Shape): string {
  const text = shape.description ?? 'it is required.';
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is there and not null; inherited names such as `constructor` are not members. */
function own(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
