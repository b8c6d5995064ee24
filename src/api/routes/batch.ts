/** What the operations on many tasks have in common: each task is an operation of its own. */
import type { FastifyRequest } from 'fastify';
import pLimit from 'p-limit';

import type { ErrorCode } from '../../errors/codes.ts';
import { toTesError } from '../plugins/errors.ts';

/** Most tasks of one request. */
export const MAX_BATCH = 1000;

/** At a time, so that one request leaves connections to the others. */
const AT_A_TIME = 4;

/** Why one task of a batch failed: the shape of every error, without the request id that all of them share. */
export interface BatchError {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: unknown;
}

/** Does something with each item, at most a few at a time, and keeps the order. No failure stops the others. */
export async function forEachItem<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  onError: (error: unknown, item: Item) => Result,
): Promise<Result[]> {
  const limit = pLimit(AT_A_TIME);
  return Promise.all(
    items.map((item, index) =>
      limit(async () => {
        try {
          return await work(item, index);
        } catch (error) {
          return onError(error, item);
        }
      }),
    ),
  );
}

/** An error as a batch tells it; one of ours that is not the client's fault goes to the log as well. */
export function toBatchError(error: unknown, request: FastifyRequest): BatchError {
  const { status, code, userMessage: message, details } = toTesError(error);
  if (status >= 500) {
    request.log[code === 'Internal' ? 'error' : 'warn']({ err: error }, 'one task of many failed');
  }
  return { status, code, message, ...(details !== undefined && { details }) };
}
