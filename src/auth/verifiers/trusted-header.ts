import { UnauthenticatedError } from '../../errors/tes-error.ts';
import { isLoopback } from '../loopback.ts';
import type { Credentials, Principal, Verifier } from '../principal.ts';

/** The headers that the proxy sets; names in lower case. */
export interface TrustedHeaders {
  readonly subject: string;
  readonly groups: string;
}

/** Printable ASCII without spaces: Node joins a header that is sent twice with `, `, which must never make a name. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;
const GROUP = /^[\x21-\x2b\x2d-\x7e]{1,255}$/;

/**
 * Takes the caller from a header that a proxy on the same machine sets. Any other peer could write the
 * header itself, so it is refused whatever it sends. Without groups the subject is its own group.
 */
export function createTrustedHeaderVerifier(names: TrustedHeaders): Verifier {
  const verify = (credentials: Credentials): Principal => {
    const peer = credentials.peerAddress;
    if (peer === undefined || !isLoopback(peer)) {
      throw new UnauthenticatedError(
        `The header ${names.subject} is trusted from this machine only; connect through the proxy beside the server.`,
      );
    }
    const subject = readSubject(credentials, names.subject);
    return { subject, groups: readGroups(credentials, names.groups) ?? [subject] };
  };
  return { challenge: `TrustedHeader header="${names.subject}"`, verify };
}

function readSubject(credentials: Credentials, name: string): string {
  const value = credentials.headers[name];
  if (value === undefined || value === '') {
    throw new UnauthenticatedError(
      `The header ${name} is missing; the proxy must set it to the name of the caller.`,
    );
  }
  if (typeof value === 'string' && SUBJECT.test(value)) return value;
  throw new UnauthenticatedError(
    `The header ${name} must hold one name of 1 to 255 printable ASCII characters without spaces.`,
  );
}

function readGroups(credentials: Credentials, name: string): Principal['groups'] | undefined {
  const value = credentials.headers[name];
  if (value === undefined || value === '') return undefined;
  const names = String(value)
    .split(',')
    .map((group) => group.trim());
  const [first, ...others] = names;
  if (first !== undefined && names.every((group) => GROUP.test(group))) return [first, ...others];
  throw new UnauthenticatedError(
    `The header ${name} must hold group names with commas between them, each of 1 to 255 printable ASCII characters without spaces.`,
  );
}
