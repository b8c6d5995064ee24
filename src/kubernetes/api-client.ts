/**
 * Requests to the API server over kept-alive connections. The client library loads credentials and gives the types;
 * its own calls open a new connection for each request and its watch keeps its time-out to itself, so we send our own.
 */
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';

import type { KubeConfig } from '@kubernetes/client-node';

import { toApiError, toNetworkError } from './api-error.ts';

/** One request. `path` begins with a slash and has its parts encoded. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

/**
 * The API server. Every call throws an ApiError for an answer that stays as it is, and a TransientError when the
 * server cannot be asked or may answer otherwise later.
 */
export interface ApiClient {
  /** The answer as JSON, within the time-out. */
  json<T>(request: ApiRequest): Promise<T>;
  /** The answer as text, within the time-out. */
  text(request: ApiRequest): Promise<string>;
  /** The answer as it arrives; only its beginning is bound by the time-out. Ends with the signal. */
  stream(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage>;
  /** Closes idle connections and ends those in use. */
  close(): void;
}

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_SOCKETS = 64;

/** Creates the client of one cluster. */
export function createApiClient(
  config: KubeConfig,
  timeoutMs: number = REQUEST_TIMEOUT_MS,
): ApiClient {
  const server = config.getCurrentCluster()?.server.replace(/\/$/, '');
  if (server === undefined) throw new Error('The kubeconfig names no cluster; choose a context.');
  const agents = createAgents();
  const send = async (request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    const url = new URL(`${server}${request.path}`);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      url.searchParams.set(key, value);
    }
    const credentials = await loadCredentials(config);
    const agent = agents.pick(url, credentials, config);
    const response = await sendOnce(url, request, { ...credentials, agent, signal });
    if ((response.statusCode ?? 500) < 300) return response;
    throw toApiError(
      response.statusCode ?? 500,
      await text(response),
      response.headers['retry-after'],
    );
  };
  const read = async (request: ApiRequest): Promise<string> => {
    try {
      return await text(await send(request, AbortSignal.timeout(timeoutMs)));
    } catch (error) {
      throw toCallError(error);
    }
  };
  return {
    json: async <T>(request: ApiRequest) => JSON.parse(await read(request)) as T,
    text: read,
    stream: async (request, signal) => {
      const limit = new AbortController();
      const timer = setTimeout(() => {
        limit.abort();
      }, timeoutMs);
      try {
        return await send(request, AbortSignal.any([signal, limit.signal]));
      } catch (error) {
        throw toCallError(error);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => {
      agents.destroy();
    },
  };
}

function toCallError(error: unknown): unknown {
  const isOurs =
    error instanceof Error && (error.name === 'ApiError' || error.name === 'TransientError');
  return isOurs ? error : toNetworkError(error);
}

function createAgents() {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const plain = new http.Agent(options);
  const secure = new https.Agent(options);
  return {
    /** The library's agent is used only where it knows the way through a proxy. */
    pick: (url: URL, credentials: Credentials, config: KubeConfig) => {
      if (config.getCurrentCluster()?.proxyUrl) return credentials.agent;
      return url.protocol === 'https:' ? secure : plain;
    },
    destroy: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

type Credentials = Omit<RequestOptions, 'headers'> & { headers: OutgoingHttpHeaders };

/** Certificates and headers, asked for anew each time, because tokens expire. */
async function loadCredentials(config: KubeConfig): Promise<Credentials> {
  const options: Credentials = { headers: {} };
  await config.applyToHTTPSOptions(options);
  return options;
}

/** Sends a request, and once more if it met a kept connection that the server was just closing. */
async function sendOnce(
  url: URL,
  request: ApiRequest,
  options: Credentials,
): Promise<IncomingMessage> {
  try {
    return await attempt(url, request, options);
  } catch (error) {
    if (error instanceof StaleConnection) return attempt(url, request, options);
    throw error;
  }
}

/** A kept connection that turned out to be closed: the request was not answered. */
class StaleConnection extends Error {}

function attempt(url: URL, request: ApiRequest, options: Credentials): Promise<IncomingMessage> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const protocol = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = protocol.request(url, {
      ...options,
      method: request.method,
      headers: {
        ...options.headers,
        accept: 'application/json, */*',
        'user-agent': 'orrery',
        ...(body === undefined
          ? {}
          : {
              'content-type': request.contentType ?? 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
      },
    });
    outgoing.once('response', resolve);
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && error.code === 'ECONNRESET';
      reject(stale ? new StaleConnection('closed', { cause: error }) : error);
    });
    outgoing.end(body);
  });
}
