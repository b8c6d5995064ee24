/** How transfers fail, in five kinds that the transporter treats differently. */

/**
 * `missing`: nothing lies there. `refused`: the path leads out of where it may lead, or cannot exist. `wrong-kind`: a
 * folder where a file was said, or the reverse. `transient`: trying again may help. `failed`: it will not.
 */
export type StorageProblem = 'missing' | 'refused' | 'wrong-kind' | 'transient' | 'failed';

/** One transfer that did not work; the message is one sentence for the user. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly problem: StorageProblem;

  constructor(problem: StorageProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
  }
}

const PROBLEMS: Readonly<Record<string, StorageProblem>> = {
  ENOENT: 'missing',
  ENOTDIR: 'wrong-kind',
  EISDIR: 'wrong-kind',
  ELOOP: 'refused',
  ENAMETOOLONG: 'refused',
  EAGAIN: 'transient',
  EBUSY: 'transient',
  EINTR: 'transient',
  EIO: 'transient',
  EMFILE: 'transient',
  ENFILE: 'transient',
  ENOMEM: 'transient',
  ESTALE: 'transient',
  ETIMEDOUT: 'transient',
};

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'the transporter may not access it',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'it does not exist',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'the transporter may not do that',
  EROFS: 'it lies on a read-only file system',
};

/** The code of an operating-system error such as `ENOENT`; undefined for everything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  // `syscall` tells the system's refusals from errors that Node throws for wrong calls.
  return 'syscall' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns an operating-system error into a `StorageError` that begins with `action`; others stay what they are. */
function toStorageError(error: unknown, action: string): unknown {
  const code = systemErrorCode(error);
  if (code === undefined) return error;
  const reason = REASONS[code] ?? 'the file system answered with an error';
  return new StorageError(PROBLEMS[code] ?? 'failed', `${action}: ${reason} (${code}).`, error);
}

/** Runs `work`; system errors come out as `StorageError`s that begin with `action`. */
export async function withStorageErrors<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStorageError(error, action);
  }
}
