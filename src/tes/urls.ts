/** Storage URLs of inputs and outputs. */
import { cleanPath, isWithin } from './paths.ts';
import { REMOTE_SCHEMES, remoteFault, type RemoteScheme } from './remote-urls.ts';

export type StorageScheme = RemoteScheme | 'file';

/** A place in storage. The path of a file is decoded, clean and free of `..`; other URLs stay as they were sent. */
export type StorageUrl =
  | { readonly scheme: 'file'; readonly path: string }
  | { readonly scheme: RemoteScheme; readonly url: string };

/** Why a text is no storage URL, as the end of a sentence. */
export interface UrlFault {
  readonly fault: string;
}

/**
 * Reads a storage URL. A bare absolute path is a file and taken literally. In a `file:` URL everything after the
 * host is the path, percent-encoded bytes are UTF-8, and `?` and `#` are plain characters, because clients put
 * paths into such URLs without encoding them.
 */
export function parseStorageUrl(text: string): StorageUrl | UrlFault {
  if (text.startsWith('/')) return fileAt(text);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    return {
      fault: 'must be a URL or an absolute path; let it begin with a scheme such as file:///',
    };
  }
  if (scheme === 'file') return parseFileUrl(text.slice('file:'.length));
  const remote = REMOTE_SCHEMES.find((known) => known === scheme);
  if (remote === undefined) {
    return { fault: `has the unknown scheme ${scheme}:; a file URL begins with file:///` };
  }
  const fault = remoteFault(remote, text);
  return fault === undefined ? { scheme: remote, url: text } : { fault };
}

/** `///path`, `//localhost/path` or `/path`: RFC 8089. */
function parseFileUrl(rest: string): StorageUrl | UrlFault {
  const path = /^(?:\/\/(?:localhost)?)?(\/.*)$/is.exec(rest)?.[1];
  if (path === undefined || /^\/\/[^/]/.test(rest.replace(/^\/\/localhost/i, '//'))) {
    return { fault: 'must be a file URL without a host; write file:///path with three slashes' };
  }
  if (/%2f/i.test(path)) return { fault: 'must not hold %2F, an encoded slash; write / instead' };
  try {
    return fileAt(decodeURIComponent(path));
  } catch {
    return { fault: 'holds a % that encodes no UTF-8 text; write %25 for a percent sign' };
  }
}

function fileAt(path: string): StorageUrl | UrlFault {
  if (path.includes('\0')) return { fault: 'must not hold NUL' };
  if (path.split('/').includes('..')) {
    return { fault: 'must not hold .. ; write the path it leads to' };
  }
  return { scheme: 'file', path: cleanPath(path) };
}

/** A folder of `file:` URLs and the persistent volume claim behind it. */
export interface FileClaim {
  readonly root: string;
  readonly claim: string;
}

/** Which claim holds a file, by its index, and the path beneath the claim; empty for the claim's own root. */
export interface ClaimedPath {
  readonly claimIndex: number;
  readonly path: string;
}

/** Finds the claim whose root holds a path, the innermost if roots are nested; undefined when none does. */
export function resolveFile(path: string, claims: readonly FileClaim[]): ClaimedPath | undefined {
  const clean = cleanPath(path);
  let innermost: { readonly claimIndex: number; readonly root: string } | undefined;
  for (const [claimIndex, claim] of claims.entries()) {
    const root = cleanPath(claim.root);
    // Of two roots that hold the same path the longer one is the inner one.
    if (!isWithin(clean, root) || root.length <= (innermost?.root.length ?? 0)) continue;
    innermost = { claimIndex, root };
  }
  if (innermost === undefined) return undefined;
  const { claimIndex, root } = innermost;
  return { claimIndex, path: clean.slice(root.length).replace(/^\//, '') };
}
