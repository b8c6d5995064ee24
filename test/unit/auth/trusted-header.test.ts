import { describe, expect, it } from '@jest/globals';

import type { Credentials } from '../../../src/auth/principal.ts';
import { createTrustedHeaderVerifier } from '../../../src/auth/verifiers/trusted-header.ts';

const verifier = createTrustedHeaderVerifier({
  subject: 'x-remote-user',
  groups: 'x-remote-groups',
});

const verify = (headers: Credentials['headers'], peerAddress = '127.0.0.1') =>
  verifier.verify({ headers, peerAddress });

const refused = (messagePart: string) =>
  expect.objectContaining({
    code: 'Unauthenticated',
    status: 401,
    userMessage: expect.stringContaining(messagePart) as unknown as string,
  });

const failureOf = (credentials: Partial<Credentials>): unknown => {
  try {
    return verifier.verify({ headers: {}, peerAddress: '127.0.0.1', ...credentials });
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
      expect(failureOf({ headers: { 'x-remote-user': 'ada' }, peerAddress: peer })).toEqual(
        refused('from this machine only'),
      );
    },
  );

  it('is refused when the connection has no address any more', () => {
    const error = failureOf({ headers: { 'x-remote-user': 'ada' }, peerAddress: undefined });

    expect(error).toEqual(refused('from this machine only'));
  });

  it.each([{}, { 'x-remote-user': '' }])('must be there: %p', (headers) => {
    expect(failureOf({ headers })).toEqual(refused('x-remote-user is missing'));
  });

  it('never believes X-Forwarded-For about where the caller is', () => {
    const headers = { 'x-remote-user': 'ada', 'x-forwarded-for': '127.0.0.1' };

    expect(failureOf({ headers, peerAddress: '203.0.113.9' })).toEqual(
      refused('from this machine only'),
    );
  });

  it.each(['ada, root', 'ada lovelace', 'ad\u0000a', 'ada\n', 'ädä', 'a'.repeat(256)])(
    'refuses %j, which is not one plain name',
    (name) => {
      expect(failureOf({ headers: { 'x-remote-user': name } })).toEqual(
        refused('one name of 1 to 255'),
      );
    },
  );

  it.each(['genomics,', 'a,,b', 'two words'])('refuses the groups %j', (groups) => {
    const headers = { 'x-remote-user': 'ada', 'x-remote-groups': groups };

    expect(failureOf({ headers })).toEqual(refused('group names with commas'));
  });
});
