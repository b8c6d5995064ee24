import { describe, expect, it } from '@jest/globals';

import {
  InvalidTaskError,
  OverloadedError,
  TaskNotFoundError,
  TesError,
  TransientError,
} from '../../../src/errors/tes-error.ts';

describe('errors', () => {
  it('have the HTTP status of their code', () => {
    expect(new TesError('IdempotencyKeyReused', 'No.').status).toBe(409);
    expect(new TaskNotFoundError('x').status).toBe(404);
  });

  it('say in one message everything that is wrong with a task', () => {
    const problems = [
      { pointer: '/a', message: 'a is missing.' },
      { pointer: '/b', message: 'b is empty.' },
    ];
    const error = new InvalidTaskError(problems);

    expect(error.userMessage).toBe('a is missing. b is empty.');
    expect(error.details).toStrictEqual(problems);
  });

  it('cut an id that a client made up', () => {
    expect(new TaskNotFoundError('"'.repeat(10_000)).userMessage.length).toBeLessThan(250);
  });

  it('ask for patience in seconds', () => {
    expect(new OverloadedError('Too many requests.', 7).retryAfter).toBe(7);
    expect(new TransientError('Postgres cannot be reached.').retryAfter).toBe(5);
    expect(new TransientError('Slow down.', { retryAfter: 9 }).retryAfter).toBe(9);
  });
});
