/** Times as other programs write them: RFC 3339 texts that may be missing, senseless or finer than milliseconds. */

/** The instant a text names, or undefined when it names none; Kubernetes' zero time (1970 or year 1) is none. */
export function toDate(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const instant = new Date(text);
  return instant.getTime() > 0 ? instant : undefined;
}

/** The same instant as RFC 3339 in UTC with milliseconds, as TES clients parse it. */
export function toRfc3339(text: string | undefined): string | undefined {
  return toDate(text)?.toISOString();
}

/** Seconds from one time to another, or undefined when either is unknown. */
export function secondsBetween(
  from: string | undefined,
  to: string | undefined,
): number | undefined {
  const start = toDate(from);
  const end = toDate(to);
  return start && end ? (end.getTime() - start.getTime()) / 1000 : undefined;
}
