/** URIs of tools in registries of GA4GH TRS version 2. */
import { quoted } from './problems.ts';

/** One version of a tool; id and version are decoded. */
export interface ToolVersion {
  /** With its port, if the URI has one. */
  readonly host: string;
  readonly id: string;
  readonly version: string;
}

const SCHEME = /^trs:\/\//i;
const HOST = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const MAX_LENGTH = 1000;

/** True for a text that is meant as the URI of a tool. */
export function isToolUri(text: string): boolean {
  return SCHEME.test(text);
}

/** Reads `trs://host/id/version`, or `trs://host/id/versions/version` as some clients write it. */
export function parseToolUri(text: string): ToolVersion | { readonly fault: string } {
  const form = 'write trs://host/id/version, with / in an id as %2F';
  const [host = '', ...rest] = text.replace(SCHEME, '').split('/');
  const parts = rest.length === 3 && rest[1] === 'versions' ? [rest[0], rest[2]] : rest;
  const [id, version] = parts.map(decoded);
  if (
    text.length > MAX_LENGTH ||
    !HOST.test(host.toLowerCase()) ||
    parts.length !== 2 ||
    !id ||
    !version
  ) {
    return { fault: `is the malformed tool URI ${quoted(text)}; ${form}` };
  }
  return { host: host.toLowerCase(), id, version };
}

/** Where the registry describes the version. */
export function toolVersionUrl({ host, id, version }: ToolVersion): URL {
  const path = `tools/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`;
  return new URL(`https://${host}/ga4gh/trs/v2/${path}`);
}

function decoded(part = ''): string | undefined {
  try {
    const text = decodeURIComponent(part);
    return /[\p{Cc}\s?]|^\.{1,2}$/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
