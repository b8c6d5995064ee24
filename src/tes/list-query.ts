/** The query of GET /tasks, and the view of GET /tasks/{id}. */
import { decodePageToken, type PageCursor } from './page-token.ts';
import { InvalidRequest, type Problem } from './problems.ts';
import { TASK_STATES, type TaskState } from './state.ts';
import type { View } from './task.ts';

/** A tag that listed tasks must have; without `value` any value will do. */
export interface TagFilter {
  readonly key: string;
  readonly value?: string;
}

/** Which tasks to list, newest first. All filters must hold. */
export interface ListQuery {
  readonly namePrefix?: string;
  readonly state?: TaskState;
  readonly tags: readonly TagFilter[];
  readonly pageSize: number;
  readonly pageToken?: PageCursor;
  readonly view: View;
}

/** Query parameters as a server hands them over: one value, several, or none. */
export type RawQuery = Readonly<Record<string, unknown>>;

const DEFAULT_PAGE_SIZE = 256;
const MAX_PAGE_SIZE = 2047;
const VIEW_NAMES: readonly View[] = ['MINIMAL', 'BASIC', 'FULL'];

/** Reads the query of GET /tasks; an empty parameter counts as absent. Throws InvalidRequest with all problems. */
export function parseListQuery(raw: RawQuery): ListQuery {
  const problems: Problem[] = [];
  const attempt = <T>(read: (raw: RawQuery) => T): T | undefined => {
    try {
      return read(raw);
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const namePrefix = attempt((query) => single(query, 'name_prefix'));
  const state = attempt(readState);
  const tags = attempt(readTags) ?? [];
  const pageSize = attempt(readPageSize) ?? DEFAULT_PAGE_SIZE;
  const pageToken = attempt(readPageToken);
  const view = attempt(parseView) ?? 'MINIMAL';
  if (problems.length > 0) throw new InvalidRequest(problems);
  return {
    ...(namePrefix !== undefined && { namePrefix }),
    ...(state !== undefined && { state }),
    tags,
    pageSize,
    ...(pageToken !== undefined && { pageToken }),
    view,
  };
}

/** Reads `view` in any letter case; MINIMAL when absent or empty. Throws InvalidRequest. */
export function parseView(raw: RawQuery): View {
  const text = single(raw, 'view')?.toUpperCase() ?? 'MINIMAL';
  const view = VIEW_NAMES.find((name) => name === text);
  return view ?? refuse('view', 'view must be MINIMAL, BASIC or FULL.');
}

function readState(raw: RawQuery): TaskState | undefined {
  const text = single(raw, 'state');
  if (text === undefined) return undefined;
  const state = TASK_STATES.find((name) => name === text);
  return state ?? refuse('state', `state must be one of ${TASK_STATES.join(', ')}.`);
}

function readPageSize(raw: RawQuery): number | undefined {
  const text = single(raw, 'page_size');
  if (text === undefined) return undefined;
  const size = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (size >= 1 && size <= MAX_PAGE_SIZE) return size;
  return refuse('page_size', `page_size must be a whole number from 1 to ${MAX_PAGE_SIZE}.`);
}

function readPageToken(raw: RawQuery): PageCursor | undefined {
  const text = single(raw, 'page_token');
  return text === undefined ? undefined : decodePageToken(text);
}

/** Zips keys and values by their index; clients may send all keys first and all values after them. */
function readTags(raw: RawQuery): TagFilter[] {
  const keys = several(raw, 'tag_key');
  const values = several(raw, 'tag_value');
  if (values.length > keys.length) {
    refuse('tag_value', 'tag_value is given more often than tag_key; send one tag_key for each.');
  }
  if (keys.length === 1 && keys[0] === '' && (values[0] ?? '') === '') return [];
  if (keys.includes('')) refuse('tag_key', 'tag_key must not be empty; leave it out instead.');
  return keys.map((key, index) => {
    const value = values[index] ?? '';
    return value === '' ? { key } : { key, value };
  });
}

function single(raw: RawQuery, name: string): string | undefined {
  const values = several(raw, name);
  if (values.length > 1) refuse(name, `${name} is given more than once; send it once.`);
  return values[0] === '' ? undefined : values[0];
}

function several(raw: RawQuery, name: string): string[] {
  const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
  const values: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return values.map((item) => (typeof item === 'string' ? item : refuse(name, notText(name))));
}

function notText(name: string): string {
  return `${name} must be plain text.`;
}

function refuse(name: string, message: string): never {
  throw new InvalidRequest([{ pointer: `/${name}`, message }]);
}
