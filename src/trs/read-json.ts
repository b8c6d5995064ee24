/** Reads a small JSON document over https from a host that an administrator allowed, and from nowhere else. */
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';

import { isPrivateAddress, publicLookup } from './addresses.ts';

/** How documents are read. */
export interface ReadOptions {
  /** Also from private addresses. */
  readonly privateAddresses: boolean;
  /** For the whole of it, redirects included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Certificates to trust instead of the usual ones, as PEM. */
  readonly ca?: string;
}

/** Status and body of an answer; the body only of one with 200. */
export interface JsonAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** The document could not be read; the message continues a sentence and names no address. */
class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const MOST_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];

/** True for an error of `readJson` that trying again may heal. */
export function isUnreachable(error: unknown): error is Error {
  return (error as { name?: unknown }).name === 'Unreachable';
}

/** Follows redirects within the host. Throws an error for which `isUnreachable` is true. */
export async function readJson(url: URL, options: ReadOptions): Promise<JsonAnswer> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    return await follow(url, options, signal);
  } catch (error) {
    // A connection that is cut off by the time-out says many things.
    throw signal.aborted ? new Unreachable('it does not answer in time', { cause: error }) : error;
  }
}

async function follow(url: URL, options: ReadOptions, signal: AbortSignal): Promise<JsonAnswer> {
  let target = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await open(target, options, signal);
    const { statusCode: status = 0, headers } = answer;
    if (status === 200) return { status, body: await parseBody(answer, options.maxBytes) };
    answer.destroy();
    if (!REDIRECTS.includes(status) || headers.location === undefined) return { status };
    target = redirectTo(headers.location, target);
  }
  throw new Unreachable('it redirects too often');
}

function redirectTo(location: string, from: URL): URL {
  const target = URL.parse(location, from.href);
  if (target?.protocol !== 'https:' || target.host !== from.host) {
    throw new Unreachable('it redirects to another host, which is not followed');
  }
  return target;
}

async function open(
  url: URL,
  { privateAddresses, ca }: ReadOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!privateAddresses && isIP(host) !== 0 && isPrivateAddress(host)) {
    throw new Unreachable('its address is private');
  }
  const options: RequestOptions = {
    signal,
    headers: { accept: 'application/json', 'user-agent': 'orrery' },
    // A connection that is kept would outlive what its name leads to.
    agent: false,
    ...(ca !== undefined && { ca }),
    ...(!privateAddresses && { lookup: publicLookup }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(url, options, resolve);
  sent.on('error', (error) => {
    reject(unreachable(error));
  });
  sent.end();
  return promise;
}

async function parseBody(answer: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Unreachable('its answer is too large');
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw unreachable(error);
  }
}

/** Texts of Node name addresses, which are nobody's business; codes do not. */
function unreachable(error: unknown): Error {
  const { name, code = 'unknown error' } = error as {
    readonly name?: string;
    readonly code?: string;
  };
  if (isUnreachable(error)) return error;
  const says =
    name === 'SyntaxError' ? 'its answer is not JSON' : `the connection failed (${code})`;
  return new Unreachable(says, { cause: error });
}
