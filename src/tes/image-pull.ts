/** What a failed image pull means, read from the texts of registries and container runtimes. */

/** Waiting reasons under which the kubelet reports a failing pull; it flaps between them. */
export const PULL_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'RegistryUnavailable',
  'ImageInspectError',
]);

/** `says` continues "the image X …"; `final` is true when asking the registry again gives the same answer. */
export interface PullFailure {
  readonly code: 'ImageNotFound' | 'ImageDenied' | 'ImagePullFailed';
  readonly says: string;
  readonly final: boolean;
}

const DENIED: PullFailure = {
  code: 'ImageDenied',
  says: 'does not exist or may not be pulled without other credentials',
  final: true,
};
const NOT_FOUND: PullFailure = {
  code: 'ImageNotFound',
  says: 'does not exist in its registry',
  final: true,
};
const PASSING: PullFailure = {
  code: 'ImagePullFailed',
  says: 'could not be pulled',
  final: false,
};

/** First match decides: a registry that is busy or out of reach has said nothing about the image. */
const RULES: readonly (readonly [RegExp, PullFailure])[] = [
  [/toomanyrequests|too many requests|rate limit/i, PASSING],
  [
    /no such host|dial tcp|i\/o timeout|connection (refused|reset)|tls: |x509: |\b50[0234] [A-Z]/i,
    PASSING,
  ],
  [
    /pull access denied|access to the resource is denied|insufficient_scope|authorization failed|unauthorized|no basic auth credentials|forbidden/i,
    DENIED,
  ],
  [
    /manifest unknown|MANIFEST_UNKNOWN|name unknown|NAME_UNKNOWN|code = NotFound|repository .* not found|manifest .* not found|no match for platform|: not found\b/i,
    NOT_FOUND,
  ],
];

/** The meaning of a pull error; a text that says nothing, as in a back-off, may heal. */
export function pullFailureOf(message: string): PullFailure {
  return RULES.find(([pattern]) => pattern.test(message))?.[1] ?? PASSING;
}
