/** Settings that hold a list. */
import { isIP } from 'node:net';

import { cleanPath } from '../tes/paths.ts';
import type { FileClaim } from '../tes/urls.ts';

/** The items of a comma separated list; empty ones are dropped. */
export function toList(text = ''): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const CLAIM_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Reads `/folder=claim,…`. What is wrong is given to `report` as the end of a sentence. */
export function toFileClaims(
  text: string | undefined,
  report: (fault: string) => void,
): FileClaim[] {
  const claims = toList(text).map((item) => {
    const split = item.lastIndexOf('=');
    const root = item.slice(0, Math.max(split, 0));
    const claim = item.slice(split + 1);
    if (!root.startsWith('/') || root.split('/').includes('..') || !CLAIM_NAME.test(claim)) {
      report(`must be a list of /folder=claim, but holds ${JSON.stringify(item)}`);
    }
    return { root: cleanPath(root), claim };
  });
  if (new Set(claims.map(({ root }) => root)).size < claims.length) {
    report('must not name a folder twice');
  }
  return claims;
}

/** Reads origins such as https://example.org, or `*`. */
export function toOrigins(text: string | undefined, report: (fault: string) => void): string[] {
  const origins = toList(text);
  for (const origin of origins) {
    if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    report(
      `must be a list of origins such as https://example.org, but holds ${JSON.stringify(origin)}`,
    );
  }
  return origins;
}

/** Reads addresses such as 10.0.0.1 and networks such as 10.0.0.0/8. */
export function toNetworks(text: string | undefined, report: (fault: string) => void): string[] {
  const networks = toList(text);
  for (const network of networks) {
    if (isNetwork(network)) continue;
    report(
      `must be a list of addresses or networks such as 10.0.0.0/8, but holds ${JSON.stringify(network)}`,
    );
  }
  return networks;
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const longest = { 4: 32, 6: 128 }[isIP(address)];
  if (longest === undefined || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= longest);
}
