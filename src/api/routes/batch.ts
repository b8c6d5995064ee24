/** What the operations on many tasks have in common: each task is an operation of its own. */
import type { FastifyRequest } from 'fastify';
import pLimit from 'p-limit';

import type { ErrorCode } from '../../errors/codes.ts';
import { toTesError } from '../plugins/errors.ts';

/** Most tasks of one request. */
export const MAX_BATCH = 1000;

/** Why one task of a batch failed: the shape of every error, without the request id that all of them share. */
export interface BatchError {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: unknown;
}

/** At a time where each item has a connection of its own, so that one request leaves some to the others. */
export const FEW = 4;

/** At a time where the items share connections and commits. */
export const MANY = 64;

/** How each item is done. No failure stops the others. */
export interface ItemWork<Item, Result> {
  readonly atATime: number;
  readonly work: (item: Item, index: number) => Promise<Result>;
  readonly onError: (error: unknown, item: Item) => Result;
}

/** Does something with each item and keeps the order. */
export async function forEachItem<Item, Result>(
  items: readonly Item[],
  { atATime, work, onError }: ItemWork<Item, Result>,
): Promise<Result[]> {
  const limit = pLimit(atATime);
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
