/** The whole system as its users meet it: real processes, a database and a Temporal task queue of its own, real pods. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { expect } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';

import { createPool } from '../../src/store/pool.ts';
import { createStore } from '../../src/store/store.ts';
import type { Verdict } from '../../src/tes/verdict.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { createServerProcess, type ServerProcess } from './server-process.ts';
import { createTaskClient, type TaskClient } from './task-client.ts';
import { openTaskNamespace, type TaskNamespace } from './task-namespace.ts';
import { environment, namedContext } from './test-environment.ts';
import { until } from './until.ts';

/** A running system. */
export interface System extends TaskClient {
  readonly namespace: TaskNamespace;
  readonly taskQueue: string;
  readonly processes: readonly ServerProcess[];
  /** A further process, which is stopped with the others; `settings` replace those of the system. */
  addProcess(roles: string, settings?: Readonly<Record<string, string>>): ServerProcess;
  /** The first process with these roles. */
  process(roles: string): ServerProcess;
  /** A statement on the database of this system, for what time alone would bring about. */
  sql(statement: string): Promise<void>;
  /** How the task's last settled attempt was judged. */
  verdict(id: string): Promise<Verdict>;
  /** The file: URL of a file of this system. */
  fileUrl(path: string): string;
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  /** Waits until the cluster holds no pod and no Secret of this system; the names of those that stay. */
  leftovers(): Promise<readonly string[]>;
  /** Ends the processes and takes away database, files and what is left in the cluster. */
  stop(): Promise<void>;
}

/** What a test wants otherwise. */
export interface SystemOptions {
  /** Three processes with one role each, instead of one process with all. */
  readonly split?: boolean;
  /** Leaves the worker out: the test starts its own. */
  readonly workerless?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Tells systems of one test file apart in the names of their logs. */
  readonly name?: string;
}

const ALL = 'api,worker,controller';
const CLEAN_MS = 60_000;

const LAST_VERDICT = `
  select verdict from attempts
  where task_id = $1 and verdict is not null
  order by number desc limit 1`;

/** Starts a system on a fresh database; resolves once it is ready. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const database = await createTestDatabase();
  const taskQueue = new URL(database.url).pathname.slice(1);
  const files = join(environment('FILES_DIR'), taskQueue);
  await mkdir(files, { recursive: true });
  const settings = { ...settingsOf(database, taskQueue), ...options.settings };
  const namespace = openTaskNamespace(await installationOf(database));

  const processes: ServerProcess[] = [];
  const logs = join(environment('STATE_DIR'), 'logs');
  const logName = [testName(), options.name].filter(Boolean).join('-');
  await mkdir(logs, { recursive: true });

  function addProcess(roles: string, more: Readonly<Record<string, string>> = {}): ServerProcess {
    const added = createServerProcess({
      roles,
      settings: { ...settings, ...more },
      log: join(logs, `${logName}-${roles.replaceAll(',', '-')}-${processes.length}`),
    });
    processes.push(added);
    return added;
  }

  async function stop(): Promise<void> {
    await Promise.all(processes.map((one) => one.stop()));
    await namespace.sweep();
    namespace.close();
    await database.drop();
    await rm(files, { recursive: true, force: true });
  }

  const client = createTaskClient(processes);
  async function leftovers(): Promise<readonly string[]> {
    const isClean = async (): Promise<boolean> => (await namespace.objects()).length === 0;
    await until(isClean, { what: 'nothing is left', withinMs: CLEAN_MS }).catch(() => undefined);
    return namespace.objects();
  }

  const system: System = {
    ...client,
    namespace,
    taskQueue,
    processes,
    addProcess,
    process: (roles) => findProcess(processes, roles),
    async sql(statement) {
      await query(database.url, statement);
    },
    async verdict(id) {
      const rows = await query<{ verdict: Verdict }>(database.url, LAST_VERDICT, [id]);
      if (rows[0] === undefined) throw new Error(`no attempt of task ${id} is settled`);
      return rows[0].verdict;
    },
    fileUrl: (path) => `file://${join(files, path)}`,
    readFile: (path) => readFile(join(files, path), 'utf8'),
    async writeFile(path, text) {
      await mkdir(dirname(join(files, path)), { recursive: true });
      await writeFile(join(files, path), text);
    },
    leftovers,
    stop,
  };
  try {
    for (const roles of rolesOf(options)) addProcess(roles);
    await Promise.all(processes.map((one) => one.start()));
    await client.ready();
    return system;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function query<Row extends pg.QueryResultRow>(
  url: string,
  statement: string,
  values: readonly string[] = [],
): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<Row>(statement, [...values]).finally(() => client.end());
  return rows;
}

function rolesOf({ split, workerless }: SystemOptions): readonly string[] {
  if (workerless === true) return ['api,controller'];
  return split === true ? ['api', 'worker', 'controller'] : [ALL];
}

function findProcess(processes: readonly ServerProcess[], roles: string): ServerProcess {
  const found = processes.find((one) => one.roles === roles);
  if (found === undefined) throw new Error(`no process has the roles ${roles}`);
  return found;
}

/** The name of the test file: its logs of an earlier run are overwritten. */
function testName(): string {
  return basename(expect.getState().testPath ?? 'test', '.test.ts');
}

function settingsOf(database: TestDatabase, taskQueue: string): Record<string, string> {
  const context = namedContext();
  return {
    ORRERY_POSTGRES_URL: database.url,
    ORRERY_TEMPORAL_ADDRESS: environment('TEMPORAL_ADDRESS'),
    ORRERY_TEMPORAL_TASK_QUEUE: taskQueue,
    ORRERY_KUBECONFIG: environment('KUBECONFIG'),
    ...(context !== undefined && { ORRERY_KUBERNETES_CONTEXT: context }),
    ORRERY_TASK_NAMESPACE: environment('TASK_NAMESPACE'),
    ORRERY_SHIM_IMAGE: environment('SHIM_IMAGE'),
    ORRERY_TRANSPORTER_IMAGE: environment('TRANSPORTER_IMAGE'),
    ORRERY_IMAGE_PULL_POLICY: 'IfNotPresent',
    ORRERY_FILE_CLAIMS: `${environment('FILES_DIR')}=${environment('FILE_CLAIM')}`,
    ORRERY_DEFAULT_CPU_CORES: '0.1',
    ORRERY_DEFAULT_RAM_GB: '0.2',
    ORRERY_HOST: '127.0.0.1',
    ORRERY_PORT: '0',
    ORRERY_LOG_LEVEL: 'debug',
  };
}

async function installationOf({ url }: TestDatabase): Promise<string> {
  const logger = pino({ level: 'silent' });
  const pool = createPool(
    { url, max: 1, applicationName: 'orrery-test', statementTimeout: 10_000 },
    logger,
  );
  try {
    return await createStore(pool, logger).installation.id();
  } finally {
    await pool.end();
  }
}
