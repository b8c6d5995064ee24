/** What a failed activity means, told by names and codes: classes differ between realms, and texts change. */

/**
 * `deliberate`: thrown for Temporal, such as an answer left to others, a cancellation or a named refusal. `outage`:
 * something cannot be asked, which heals without us. `fault`: nobody foresaw it, so it is a bug until shown otherwise.
 */
export type FailureKind = 'deliberate' | 'outage' | 'fault';

const DELIBERATE = new Set(['CompleteAsyncError', 'CancelledFailure', 'ApplicationFailure']);

const OUTAGES = new Set(['TransientError', 'AbortError', 'TimeoutError']);

/** Never throws, whatever was thrown. */
export function failureKind(error: unknown): FailureKind {
  const { name, code } = membersOf(error);
  if (DELIBERATE.has(name)) return 'deliberate';
  // Node names the errors of sockets and DNS by codes such as ECONNREFUSED, and its own misuse by ERR_….
  const isSystemError = /^E[A-Z]+$/.test(code);
  return OUTAGES.has(name) || isSystemError ? 'outage' : 'fault';
}

function membersOf(error: unknown): { readonly name: string; readonly code: string } {
  if (typeof error !== 'object' || error === null) return { name: '', code: '' };
  const { name, code } = error as { name?: unknown; code?: unknown };
  return {
    name: typeof name === 'string' ? name : '',
    code: typeof code === 'string' ? code : '',
  };
}
