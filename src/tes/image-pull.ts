/** What a failed image pull means, read from the texts of registries and container runtimes. */

/** Waiting reasons under which the kubelet reports a failing pull; it flaps between them. */
export const PULL_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'RegistryUnavailable',
  'ImageInspectError',
]);

/** The rows of the table of ends that a failing pull can be. */
export type PullFailure = 'imageNotFound' | 'imageDenied' | 'imagePullFailed';

/** First match decides: a registry that is busy or out of reach has said nothing about the image. */
const RULES: readonly (readonly [RegExp, PullFailure])[] = [
  [/toomanyrequests|too many requests|rate limit/i, 'imagePullFailed'],
  [
    /no such host|dial tcp|i\/o timeout|connection (refused|reset)|tls: |x509: |\b50[0234] [A-Z]/i,
    'imagePullFailed',
  ],
  [
    /pull access denied|access to the resource is denied|insufficient_scope|authorization failed|unauthorized|no basic auth credentials|forbidden/i,
    'imageDenied',
  ],
  [
    /manifest unknown|MANIFEST_UNKNOWN|name unknown|NAME_UNKNOWN|code = NotFound|repository .* not found|manifest .* not found|no match for platform|: not found\b/i,
    'imageNotFound',
  ],
];

/** The meaning of a pull error; a text that says nothing, as in a back-off, may heal. */
export function pullFailureOf(message: string): PullFailure {
  return RULES.find(([pattern]) => pattern.test(message))?.[1] ?? 'imagePullFailed';
}
