import { describe, expect, it } from '@jest/globals';

import { requestId } from '../../../src/api/plugins/request-id.ts';

describe('requestId', () => {
  it('keeps a harmless id of a proxy', () => {
    expect(requestId({ headers: { 'x-request-id': 'edge-1:42.a_B' } })).toBe('edge-1:42.a_B');
  });

  it.each([undefined, '', 'a b', 'a\nb', '"}', 'x'.repeat(65), 'ü'])(
    'makes a new one instead of %j',
    (sent) => {
      const id = requestId({ headers: { 'x-request-id': sent } });

      expect(id).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});
