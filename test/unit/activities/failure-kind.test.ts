import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from '@temporalio/activity';

import { failureKind } from '../../../activities/failure-kind.ts';
import { TransientError } from '../../../src/errors/tes-error.ts';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('a failed activity', () => {
  it.each([
    ['outage', 'a port that says so', new TransientError('The database cannot be reached.')],
    ['outage', 'a refused connection', withCode('ECONNREFUSED')],
    ['outage', 'a time-out', Object.assign(new Error('x'), { name: 'TimeoutError' })],
    ['deliberate', 'an answer left to others', new CompleteAsyncError()],
    ['deliberate', 'the shutdown of a worker', new CancelledFailure('WORKER_SHUTDOWN')],
    ['deliberate', 'a refusal with a name', ApplicationFailure.nonRetryable('no', 'TaskMissing')],
    ['fault', 'a TypeError', new TypeError('x is undefined')],
    ['fault', 'a misuse of Node', withCode('ERR_INVALID_ARG_TYPE')],
    ['fault', 'a statement that Postgres does not understand', withCode('42703')],
    ['fault', 'what is no error at all', 'thrown text'],
    ['fault', 'nothing', undefined],
  ] as const)('is taken as %s for %s', (kind, _, error) => {
    expect(failureKind(error)).toBe(kind);
  });
});
