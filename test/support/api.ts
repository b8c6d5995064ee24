/** The HTTP server on a store of its own, without a network and without Temporal. */
import { Writable } from 'node:stream';

import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { v7 } from 'uuid';

import { type AppDeps, buildApp } from '../../src/api/app.ts';
import type { ApiSettings } from '../../src/api/settings.ts';
import { createStartQueue } from '../../src/api/start-queue.ts';
import { createNoneVerifier } from '../../src/auth/verifiers/none.ts';
import type { Store } from '../../src/store/store.ts';
import { createFakeLauncher, type FakeLauncher } from './fakes/launcher.ts';
import { PLAIN_RULES } from './plain-rules.ts';
import { openTestStore, type TestStore } from './store.ts';

/** The server, asked without a network. */
export interface TestServer {
  readonly app: FastifyInstance;
  readonly launcher: FakeLauncher;
  /** Everything that was logged so far. */
  readonly logged: readonly Record<string, unknown>[];
  get(url: string, headers?: InjectOptions['headers']): Promise<LightMyRequestResponse>;
  /** Sends text as it is, anything else as JSON, under curl's content type. */
  post(
    url: string,
    body?: unknown,
    headers?: InjectOptions['headers'],
  ): Promise<LightMyRequestResponse>;
  /** Creates a task and returns its id. */
  create(members?: Record<string, unknown>, headers?: InjectOptions['headers']): Promise<string>;
  close(): Promise<void>;
}

/** The server on a fresh database of its own. */
export interface TestApi extends TestServer {
  readonly store: TestStore;
}

/** What a test may want otherwise. */
export interface TestApiOptions {
  readonly settings?: Partial<ApiSettings>;
  readonly deps?: Partial<AppDeps>;
}

const SETTINGS: ApiSettings = {
  bodyLimit: 32 * 1024 * 1024,
  corsOrigins: [],
  trustedProxies: [],
  keepAliveMs: 75_000,
  rateLimits: { addressRequests: 0, callerRequests: 0 },
  loadLimits: { eventLoopDelayMs: 0, heapPercent: 0 },
  hideCanceling: false,
  taskRules: {
    maxExecutors: 32,
    fileRoots: ['/data'],
    ...PLAIN_RULES,
    schemes: ['file', 's3'],
    maxDocumentBytes: 2 ** 30,
  },
  service: {
    id: 'org.example.orrery',
    name: 'Orrery',
    organization: { name: 'Example', url: 'https://example.org/' },
    version: '0.1.0',
    storage: ['file:///data'],
  },
};

const BROKEN_STORE = aStoreThatFails(new Error('this server has no store'));

/** The executors of the smallest valid task. */
export const EXECUTORS = [{ image: 'orrery.local/demo:1', command: ['true'] }];

/** Opens a server over a fresh database; `close` drops it. */
export async function openTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const store = await openTestStore();
  const server = buildTestServer(store, options);
  return {
    ...server,
    store,
    async close() {
      await server.close();
      await store.close();
    },
  };
}

/** A server over any store; the default one fails every request that reaches it. */
export function buildTestServer(
  { tasks, outbox }: Pick<Store, 'tasks' | 'outbox'> = BROKEN_STORE,
  options: TestApiOptions = {},
): TestServer {
  const launcher = createFakeLauncher();
  const { logger, logged } = memoryLogger();
  const app = buildApp({
    settings: { ...SETTINGS, ...options.settings },
    tasks,
    startQueue: createStartQueue({ outbox, wakes: { wake: () => undefined }, launcher, logger }),
    verifier: createNoneVerifier(),
    logger,
    checks: [],
    tools: { imageOf: () => Promise.resolve({ fault: 'is unknown to this test' }) },
    newId: () => v7(),
    ...options.deps,
  });
  const post: TestServer['post'] = (url, body, headers = {}) =>
    app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(body !== undefined && { payload: toPayload(body) }),
    });
  return {
    app,
    launcher,
    logged,
    post,
    get: (url, headers = {}) => app.inject({ url, headers }),
    async create(members = {}, headers = {}) {
      const body = { executors: EXECUTORS, ...members };
      const answer = await post('/ga4gh/tes/v1/tasks', body, headers);
      return answer.json<{ id: string }>().id;
    },
    close: () => app.close(),
  };
}

/** A store whose every method fails with the given error. */
export function aStoreThatFails(error: Error): Pick<Store, 'tasks' | 'outbox'> {
  const fail = () => Promise.reject(error);
  return {
    tasks: {
      create: fail,
      createOnce: fail,
      get: fail,
      list: fail,
      cancel: fail,
      findCancelable: fail,
    },
    outbox: { claim: fail, claimOne: fail, revive: fail, markDispatched: fail },
  };
}

function toPayload(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function memoryLogger(): { logger: pino.Logger; logged: Record<string, unknown>[] } {
  const logged: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      logged.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { logger: pino({ level: 'debug' }, stream), logged };
}
