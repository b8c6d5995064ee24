/** Settings of task pods that hold a list. What is wrong with an item is given to `report` as the end of a sentence. */
import type { PullSecret } from '../tes/image-rules.ts';
import type { OfferedAccount } from '../tes/offers.ts';
import { cleanPath, placeFault } from '../tes/paths.ts';
import type { ExecutorSecret } from '../tes/pod-rules.ts';
import { toList } from './lists.ts';

type Fault = (fault: string) => void;

const OBJECT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const HOST = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?::\d{1,5})?$/;
const FOLDERS = /^(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const IMAGE_PATTERN = /^[^\s/@]*(?:[.:*]|localhost)[^\s/@]*\/[^\s]+$|^\*\*$/;

/** Reads `zone` or `name=zone`, by the names that tasks use. */
export function toZones(text: string | undefined, report: Fault): Readonly<Record<string, string>> {
  const zones = toList(text).map((item): [string, string] => {
    const { left, right } = item.includes('=') ? split(item) : { left: item, right: item };
    if (!LABEL_VALUE.test(right) || left === '') report(wrong('zones or name=zone', item));
    return [left, right];
  });
  if (new Set(zones.map(([name]) => name)).size < zones.length) {
    report('must not have a name twice');
  }
  return Object.fromEntries(zones);
}

/** Reads `name`, or `name=token` for an account whose token executors see. */
export function toServiceAccounts(text: string | undefined, report: Fault): OfferedAccount[] {
  return toList(text).map((item) => {
    const [name = '', token, ...rest] = item.split('=');
    const isToken = token === 'token' && rest.length === 0;
    if (!OBJECT_NAME.test(name) || (token !== undefined && !isToken)) {
      report(wrong('names or name=token', item));
    }
    return { name, token: isToken };
  });
}

/** Reads `registry=secret` or `registry/folder=secret`. */
export function toPullSecrets(text: string | undefined, report: Fault): PullSecret[] {
  return toList(text).map((item) => {
    const { left: place, right: secret } = split(item);
    if (!isRegistry(place) || !OBJECT_NAME.test(secret)) report(wrong('registry=secret', item));
    return { place, secret };
  });
}

/** Reads `/folder=secret`; no folder lies in another. */
export function toExecutorSecrets(text: string | undefined, report: Fault): ExecutorSecret[] {
  const secrets = toList(text).map((item) => {
    const { left, right: secret } = split(item);
    const fault = placeFault(left);
    const isTmp = cleanPath(left) === '/tmp';
    if (fault !== undefined || isTmp || left.includes(':') || !OBJECT_NAME.test(secret)) {
      report(wrong('/folder=secret', item));
    }
    return { path: cleanPath(left), secret };
  });
  const paths = secrets.map(({ path }) => path);
  const nested = paths.some((path, index) =>
    paths.some((other, place) => place !== index && `${path}/`.startsWith(`${other}/`)),
  );
  if (nested) report('must not have a folder twice or in another');
  return secrets;
}

/** Reads patterns of full image names: each begins with a registry, or with a wildcard for it. */
export function toImagePatterns(text: string | undefined, report: Fault): string[] {
  const patterns = toList(text);
  for (const pattern of patterns) {
    if (IMAGE_PATTERN.test(pattern)) continue;
    report(wrong('full image names such as docker.io/library/*', pattern));
  }
  return patterns;
}

/** Reads host names, with ports if need be. */
export function toToolHosts(text: string | undefined, report: Fault): string[] {
  const hosts = toList(text).map((host) => host.toLowerCase());
  for (const host of hosts) {
    if (!HOST.test(host)) report(wrong('hosts such as registry.example.org', host));
  }
  return hosts;
}

/** Reads a registry, with a folder if need be. */
export function toRegistry(text: string | undefined, report: Fault): string | undefined {
  if (text === undefined) return undefined;
  if (!isRegistry(text)) {
    report(
      `must be a registry such as registry.example.org/mirror, but is ${JSON.stringify(text)}`,
    );
  }
  return text;
}

/** A host without a dot or port would be read as the folder of a short name. */
function isRegistry(text: string): boolean {
  const [host = ''] = text.split('/', 1);
  return (
    HOST.test(host) &&
    (/[.:]/.test(host) || host === 'localhost') &&
    FOLDERS.test(text.slice(host.length))
  );
}

/** At the last `=`; an item without one has nothing before it. */
function split(item: string): { readonly left: string; readonly right: string } {
  const at = item.lastIndexOf('=');
  return { left: item.slice(0, Math.max(at, 0)), right: item.slice(at + 1) };
}

function wrong(form: string, item: string): string {
  return `must be a list of ${form}, but holds ${JSON.stringify(item)}`;
}
