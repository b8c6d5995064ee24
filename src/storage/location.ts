/** Reading and extending storage URLs. */
import type { StorageLocation } from './ports.ts';

/** The scheme in lower case; a bare path counts as `file`. */
export function schemeOf(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1];
  return scheme === undefined ? 'file' : scheme.toLowerCase();
}

function join(folder: string, relative: string): string {
  return folder === '' || folder.endsWith('/') ? `${folder}${relative}` : `${folder}/${relative}`;
}

/** In a `file:` URL a percent sign begins an encoded byte; every other character of a name may stand for itself. */
function inUrl(url: string, relative: string): string {
  return /^file:/i.test(url) ? relative.replaceAll('%', '%25') : relative;
}

/** The location of `relative`, a path of plain names, below the folder at `location`. */
export function within(location: StorageLocation, relative: string): StorageLocation {
  const url = join(location.url, inUrl(location.url, relative));
  if (location.claim === undefined) return { url };
  const { mount, path } = location.claim;
  return { url, claim: { mount, path: join(path, relative) } };
}

/** Makes names safe to print: a control character in a file name must not forge a line of the log. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => {
    const code = char.charCodeAt(0).toString(16);
    return `\\u${code.padStart(4, '0')}`;
  });
}

/** The URL as it may be shown: without user, password, query and fragment, which may hold credentials. */
export function displayUrl(url: string): string {
  if (schemeOf(url) === 'file') return printable(url);
  const [start = ''] = url.split(/[?#]/, 1);
  return printable(start.replace(/^([^/]*\/\/)[^/]*@/, '$1'));
}
