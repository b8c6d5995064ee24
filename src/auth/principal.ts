/** Who asks. */

/** A caller: its subject owns the tasks it creates, its first group is the group of those tasks. */
export interface Principal {
  readonly subject: string;
  readonly groups: readonly [string, ...string[]];
}

/** What a verifier may look at. Header names are lower case. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The address at the other end of the TCP connection, never one taken from a header. */
  readonly peerAddress: string | undefined;
}

/** The port behind which every way of signing in stands. */
export interface Verifier {
  /** The value of `WWW-Authenticate` in a 401. */
  readonly challenge: string;
  /** The caller, or a throw of `UnauthenticatedError` with a sentence that says what is missing. */
  verify(credentials: Credentials): Principal | Promise<Principal>;
}
