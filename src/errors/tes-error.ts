/** The base of every error whose sentence may reach a user. */
import type { Problem } from '../tes/problems.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';

/** What an error carries beside code and sentence. */
export interface TesErrorOptions {
  readonly cause?: unknown;
  /** Machine-readable facts for the answer's `details`; never internals. */
  readonly details?: unknown;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
}

/** An error of the catalogue. `userMessage` is one clear sentence without internals; `cause` is for the log only. */
export class TesError extends Error {
  override readonly name: string = 'TesError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly userMessage: string;
  readonly details?: unknown;
  readonly retryAfter?: number;

  constructor(code: ErrorCode, userMessage: string, options: TesErrorOptions = {}) {
    super(userMessage, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = ERROR_CODES[code].status;
    this.userMessage = userMessage;
    if (options.details !== undefined) this.details = options.details;
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
  }
}

/** The task document breaks rules. */
export class InvalidTaskError extends TesError {
  override readonly name = 'InvalidTaskError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('InvalidTask', problems.map((problem) => problem.message).join(' '), {
      details: problems,
    });
    this.problems = problems;
  }
}

/** No such task, or one of somebody else: the answer is the same, so that ids cannot be probed. */
export class TaskNotFoundError extends TesError {
  override readonly name = 'TaskNotFoundError';

  constructor(id: string) {
    super('TaskNotFound', `There is no task ${JSON.stringify(id.slice(0, 100))}.`);
  }
}

/** The request does not say, or not credibly, who is asking. */
export class UnauthenticatedError extends TesError {
  override readonly name = 'UnauthenticatedError';

  constructor(userMessage: string, options?: TesErrorOptions) {
    super('Unauthenticated', userMessage, options);
  }
}

/** The server takes no more work for now. `retryAfter` is in seconds. */
export class OverloadedError extends TesError {
  override readonly name = 'OverloadedError';

  constructor(userMessage: string, retryAfter: number) {
    super('Overloaded', userMessage, { retryAfter });
  }
}

/**
 * Trouble that trying again may heal: Postgres, Temporal, Kubernetes or a store cannot be asked.
 * Adapters throw it with the SDK's own error as `cause`.
 */
export class TransientError extends TesError {
  override readonly name = 'TransientError';

  constructor(userMessage: string, options: TesErrorOptions = {}) {
    super('Unavailable', userMessage, { retryAfter: 5, ...options });
  }
}
