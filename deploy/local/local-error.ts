/** What the user has to do something about: its message is one whole sentence and is shown without a stack. */
export class LocalError extends Error {
  override name = 'LocalError';
}

/** Shows an error the way the entries do: the sentence alone, or everything when it is a bug of ours. */
export function describeError(error: unknown): string {
  if (error instanceof LocalError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
