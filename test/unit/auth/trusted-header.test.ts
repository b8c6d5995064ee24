import { describe, expect, it } from '@jest/globals';

import type { Credentials } from '../../../src/auth/principal.ts';
import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';

const verifier = createTrustedHeaderVerifier({
  subject: 'x-remote-user',
  groups: 'x-remote-groups',
});

const verify = (headers: Credentials['headers'], peerAddress: string | undefined = '127.0.0.1') =>
  verifier.verify({ headers, peerAddress });

const refused = (messagePart: string) =>
  expect.objectContaining({
    code: 'Unauthenticated',
    status: 401,
    userMessage: expect.stringContaining(messagePart) as unknown as string,
  });

const attempt = (...args: Parameters<typeof verify>): unknown => {
  try {
    return verify(...args);
  } catch (error) {
    return error;
  }
};

describe('the trusted header', () => {
  it('names the caller when the proxy on this machine sets it', () => {
    expect(verify({ 'x-remote-user': 'ada' })).toEqual({ subject: 'ada', groups: ['ada'] });
  });

  it('is believed over IPv6 loopback too', () => {
    expect(verify({ 'x-remote-user': 'ada' }, '::ffff:127.0.0.1')).toMatchObject({
      subject: 'ada',
    });
  });

  it('takes the groups from their own header, the first of them being the group of new tasks', () => {
    const headers = { 'x-remote-user': 'ada', 'x-remote-groups': 'genomics, admins' };

    expect(verify(headers)).toEqual({ subject: 'ada', groups: ['genomics', 'admins'] });
  });

  it.each(['203.0.113.9', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1'])(
    'is refused from %s, which could have written it itself',
    (peer) => {
      expect(attempt({ 'x-remote-user': 'ada' }, peer)).toEqual(refused('from this machine only'));
    },
  );

  it('is refused when the connection has no address any more', () => {
    const error = (() => {
      try {
        return verifier.verify({ headers: { 'x-remote-user': 'ada' }, peerAddress: undefined });
      } catch (thrown) {
        return thrown;
      }
    })();

    expect(error).toEqual(refused('from this machine only'));
  });

  it.each([{}, { 'x-remote-user': '' }])('must be there: %p', (headers) => {
    expect(attempt(headers)).toEqual(refused('x-remote-user is missing'));
  });

  it('never believes X-Forwarded-For about where the caller is', () => {
    const headers = { 'x-remote-user': 'ada', 'x-forwarded-for': '127.0.0.1' };

    expect(attempt(headers, '203.0.113.9')).toEqual(refused('from this machine only'));
  });

  it.each(['ada, root', 'ada lovelace', 'ad\u0000a', 'ada\n', 'ädä', 'a'.repeat(256)])(
    'refuses %j, which is not one plain name',
    (name) => {
      expect(attempt({ 'x-remote-user': name })).toEqual(refused('one name of 1 to 255'));
    },
  );

  it.each(['genomics,', 'a,,b', 'two words'])('refuses the groups %j', (groups) => {
    const headers = { 'x-remote-user': 'ada', 'x-remote-groups': groups };

    expect(attempt(headers)).toEqual(refused('group names with commas'));
  });
});
