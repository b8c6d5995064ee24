/** What Postgres can keep as text: everything but NUL and lone surrogates. */

/** The text with NUL and lone surrogates replaced by U+FFFD, which `text` and `jsonb` refuse. */
export function toStorable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** Tags as they are searched: keys and values storable. */
export function toStorableTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [toStorable(key), toStorable(value)]),
  );
}

const TASK_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for what can be a task's id; Postgres would answer anything else with an error. */
export function isTaskId(text: string): boolean {
  return TASK_ID.test(text);
}
