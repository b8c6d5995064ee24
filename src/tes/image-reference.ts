/** The grammar of container image references, as the container runtimes of Kubernetes read them. */
import { quoted } from './problems.ts';

const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?$/;
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const MAX_NAME = 255;

/** Why a text names no image, as the end of a sentence; undefined when it does. Nothing is looked up. */
export function imageFault(image: string): string | undefined {
  if (image === '') return 'must not be empty; name a container image';
  if (/[\s\p{Cc}]/u.test(image))
    return 'must not hold spaces or control characters; name the image as in alpine:3';
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(image)?.[0];
  if (scheme !== undefined) {
    return `must not begin with ${quoted(scheme)}; name the image as in docker.io/library/alpine:3`;
  }
  const { name, tag, digest } = split(image);
  if (digest !== undefined && !DIGEST.test(digest)) {
    return 'has a malformed digest after @; write sha256: and 64 hexadecimal digits';
  }
  if (tag !== undefined && !TAG.test(tag)) {
    return `has the malformed tag ${quoted(tag)}; use up to 128 letters, digits, _ . and -`;
  }
  return nameFault(name);
}

/** A colon behind the last slash begins the tag; one before it belongs to the registry's port. */
function split(image: string): { name: string; tag?: string; digest?: string } {
  const at = image.indexOf('@');
  const named = at === -1 ? image : image.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return {
    name: colon === -1 ? named : named.slice(0, colon),
    ...(colon !== -1 && { tag: named.slice(colon + 1) }),
    ...(at !== -1 && { digest: image.slice(at + 1) }),
  };
}

function nameFault(name: string): string | undefined {
  if (name.length > MAX_NAME) return `must not have a name of more than ${MAX_NAME} characters`;
  const [first = '', ...others] = name.split('/');
  const hasDomain = others.length > 0 && isDomain(first);
  if (hasDomain && !DOMAIN.test(first)) {
    return `has the malformed registry ${quoted(first)}; write a host such as registry.example.org:5000`;
  }
  const names = hasDomain ? others : [first, ...others];
  const wrong = names.find((part) => !NAME.test(part));
  if (wrong !== undefined) return partFault(wrong);
  if (names.length === 1 && !hasDomain && /^[a-f0-9]{64}$/.test(name)) {
    return 'must not be an image id; name a repository, with the id as its digest';
  }
  return undefined;
}

/** The first part names a registry when it looks like a host; upper case can only be one. */
function isDomain(part: string): boolean {
  return /[.:]/.test(part) || part === 'localhost' || part !== part.toLowerCase();
}

function partFault(part: string): string {
  if (part === '') return 'must name a repository; it begins or ends with / or has two in a row';
  if (NAME.test(part.toLowerCase())) return `must have ${quoted(part)} in lower case`;
  return `has the malformed name ${quoted(part)}; use lower case letters and digits, with . _ or - between them`;
}
