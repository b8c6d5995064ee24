/** Which images executors may use here, how their names are completed, and which pull secrets their registries need. */
import { imageFault } from './image-reference.ts';
import { quoted } from './problems.ts';
import { isToolUri, parseToolUri } from './tool-uri.ts';

/** What an installation says about images. */
export interface ImageRules {
  /** Registry, with folders if need be, of names that have none; unset leaves them to the container runtime. */
  readonly defaultRegistry?: string;
  /** Patterns of full names; empty allows every image. */
  readonly allowed: readonly string[];
  /** Hosts, with ports if need be, that `trs://` URIs may name. */
  readonly toolHosts: readonly string[];
}

/** A Secret of the task namespace for a registry, or for a folder of one. */
export interface PullSecret {
  readonly place: string;
  readonly secret: string;
}

/** Where Docker's short names lead. */
const HUB = 'docker.io';
const HUB_FOLDER = 'library';

const WILDCARDS: Readonly<Record<string, string>> = { '*': '[^/]*', '**': '.*' };

/** Why an executor cannot have this image, or this URI of a tool, as the end of a sentence. */
export function executorImageFault(image: string, rules: ImageRules): string | undefined {
  if (!isToolUri(image)) return imageFault(image) ?? policyFault(image, rules);
  const tool = parseToolUri(image);
  if ('fault' in tool) return tool.fault;
  if (rules.toolHosts.includes(tool.host)) return undefined;
  const remedy =
    rules.toolHosts.length === 0
      ? 'none is configured here, so name the image itself'
      : `use one of ${rules.toolHosts.join(', ')}`;
  return `names the tool registry ${quoted(tool.host)}, which is not allowed; ${remedy}`;
}

/** Why an image is not allowed, as the end of a sentence; undefined when it is. */
function policyFault(image: string, rules: ImageRules): string | undefined {
  if (rules.allowed.length === 0) return undefined;
  const name = fullName(image, rules.defaultRegistry);
  if (rules.allowed.some((pattern) => isMatch(name, pattern))) return undefined;
  return `is ${quoted(name)}, which is not allowed here; use one of ${rules.allowed.join(', ')}`;
}

/** The image as the pod names it: one without a registry gets the default one, if there is one. */
export function withRegistry(image: string, defaultRegistry: string | undefined): string {
  return defaultRegistry === undefined || hasRegistry(image)
    ? image
    : `${defaultRegistry}/${image}`;
}

/** The Secrets for the registries of these images, each once, in the order of the configuration. */
export function pullSecretsFor(
  images: readonly string[],
  secrets: readonly PullSecret[],
): readonly string[] {
  const names = images.map((image) => fullName(image, undefined));
  const needed = secrets.filter(({ place }) => names.some((name) => liesIn(name, place)));
  return [...new Set(needed.map(({ secret }) => secret))];
}

/** With registry and folder, as container runtimes complete a short name: `alpine` is `docker.io/library/alpine`. */
export function fullName(image: string, defaultRegistry: string | undefined): string {
  const named = withRegistry(image, defaultRegistry);
  const full = hasRegistry(named)
    ? named.replace(/^index\.docker\.io\//, `${HUB}/`)
    : `${HUB}/${named}`;
  const rest = full.startsWith(`${HUB}/`) ? full.slice(HUB.length + 1) : undefined;
  return rest === undefined || rest.includes('/') ? full : `${HUB}/${HUB_FOLDER}/${rest}`;
}

/** Whether the first of several names is a registry: it looks like a host. */
export function hasRegistry(image: string): boolean {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  return /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
}

/** `*` is anything without a slash, `**` anything; a pattern without a tag or digest is for all of them. */
function isMatch(name: string, pattern: string): boolean {
  const text = pattern
    .split(/(\*{1,2})/)
    .map((part) => WILDCARDS[part] ?? part.replaceAll(/[^\w]/g, '\\$&'))
    .join('');
  return new RegExp(`^${text}(?:[:@][^/]*)?$`).test(name);
}

function liesIn(name: string, place: string): boolean {
  return name.startsWith(place) && /^(?:[/:@]|$)/.test(name.slice(place.length));
}
