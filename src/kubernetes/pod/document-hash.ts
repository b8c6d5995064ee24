/** The identity of a task document. */
import { createHash } from 'node:crypto';

import type { TaskDocument } from '../../tes/task.ts';

/** SHA-256, in hex, of the document's canonical JSON: the order of its members does not matter. */
export function hashDocument(document: TaskDocument): string {
  return createHash('sha256').update(toCanonicalJson(document)).digest('hex');
}

function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isPlainObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
