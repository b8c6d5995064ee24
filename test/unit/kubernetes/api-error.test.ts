import { describe, expect, it } from '@jest/globals';

import {
  isApiError,
  isForbidden,
  isRefusal,
  toApiError,
  toTransient,
} from '../../../src/kubernetes/api-error.ts';

const statusBody = (reason: string, message: string) =>
  JSON.stringify({ kind: 'Status', reason, message });

describe('toApiError', () => {
  it.each([
    [404, 'NotFound'],
    [409, 'AlreadyExists'],
    [410, 'Expired'],
  ])('names %d by its status and reason', (status, reason) => {
    const error = toApiError(status, statusBody(reason, 'because'));

    expect(isApiError(error, status, reason)).toBe(true);
    expect(isRefusal(error)).toBe(false);
  });

  it.each([400, 413, 422])('takes %d for a refusal with the server’s own words', (status) => {
    const error = toApiError(status, statusBody('Invalid', 'spec.x: Required value'));

    expect(isRefusal(error)).toBe(true);
    expect(error.message).toBe('spec.x: Required value');
  });

  it.each(['etcdserver: request is too large', 'trying to send message larger than max (3 vs. 2)'])(
    'takes an internal error for a refusal when it says: %s',
    (message) => {
      expect(isRefusal(toApiError(500, statusBody('', message)))).toBe(true);
    },
  );

  it.each([401, 403, 408, 429, 500, 502, 503, 504])(
    'takes %d for trouble that may heal',
    (status) => {
      const error = toApiError(status, statusBody('', 'exceeded quota'));

      expect(error).toMatchObject({ name: 'TransientError' });
      expect(error.message).toMatch(/exceeded quota/);
    },
  );

  it('hands on how long to wait', () => {
    expect(toApiError(429, '', '7')).toMatchObject({ retryAfter: 7 });
    expect(toApiError(429, '', 'Sat, 21 Nov 2026 10:00:00 GMT')).toMatchObject({ retryAfter: 5 });
  });

  it('reads plain text of proxies, and not more than a user can', () => {
    const { message } = toApiError(502, `Bad Gateway ${'x'.repeat(100_000)}`);

    expect(message).toMatch(/Bad Gateway/);
    expect(message.length).toBeLessThan(1100);
  });

  it('knows a forbidden request from other trouble', () => {
    expect([403, 401, 500].map((status) => isForbidden(toApiError(status, '')))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('toTransient', () => {
  it('makes a missing namespace and a conflict retryable, and leaves refusals as they are', () => {
    const transient = [404, 409, 422].map(
      (status) => (toTransient(toApiError(status, '')) as Error).name,
    );

    expect(transient).toEqual(['TransientError', 'TransientError', 'ApiError']);
  });
});
