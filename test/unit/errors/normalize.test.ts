import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { normalizeError, withoutCredentials } from '../../../src/errors/normalize.ts';
import { TransientError } from '../../../src/errors/tes-error.ts';

describe('normalizeError', () => {
  it('keeps type, code, message, stack and the causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const logged = normalizeError(new TransientError('Postgres cannot be reached.', { cause }));

    expect(logged).toMatchObject({
      type: 'TransientError',
      code: 'Unavailable',
      message: 'Postgres cannot be reached.',
      cause: { type: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
    });
    expect(logged.stack).toMatch(/normalize\.test/);
  });

  it('takes nothing else from an error, such as the request that an SDK hangs on it', () => {
    const error = Object.assign(new Error('no'), {
      request: { headers: { authorization: 'Bearer abc' } },
      body: 'hunter2',
    });

    expect(Object.keys(normalizeError(error)).sort()).toStrictEqual(['message', 'stack', 'type']);
  });

  it('lists the parts of an aggregate', () => {
    const error = new AggregateError([new Error('one'), 'two'], 'all failed');

    expect(normalizeError(error).errors).toMatchObject([{ message: 'one' }, { message: 'two' }]);
  });

  it('cuts causes that go in a circle', () => {
    const error = new Error('round');
    error.cause = error;

    expect(JSON.stringify(normalizeError(error)).match(/"round"/g)).toHaveLength(6);
  });

  it('makes an object that JSON can write of anything that is thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (thrown) => {
        expect(JSON.stringify(normalizeError(thrown))).toMatch(/"message":/);
      }),
    );
  });
});

describe('withoutCredentials', () => {
  it.each([
    ['at postgres://user:hunter2@db:5432/orrery failed', 'at postgres://db:5432/orrery failed'],
    ['at postgres://user:hun@ter2@db/orrery', 'at postgres://db/orrery'],
    ['GET https://h/x?X-Amz-Signature=hunter2 failed', 'GET https://h/x failed'],
    ['GET "https://h/x#hunter2"', 'GET "https://h/x"'],
    ['Authorization: Bearer hunter2.a-b', 'Authorization: Bearer …'],
    ['password=hunter2 host=db', 'password=… host=db'],
    ['{"token":"hunter2"}', '{"token":"…"}'],
    ['file:///data/a', 'file:///data/a'],
    ['is this a question? yes', 'is this a question? yes'],
  ])('turns %j into %j', (text, expected) => {
    expect(withoutCredentials(text)).toBe(expected);
  });
});
