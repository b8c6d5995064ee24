/** One real process of the server, to be killed, paused and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from './until.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_MS = 60_000;
const STOP_MS = 30_000;
const TAIL_LINES = 25;
const LINE = 600;

/** Which roles it has, its settings and where its log files go. */
export interface ServerOptions {
  readonly roles: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The beginning of the names of its log files; each start writes a file of its own. */
  readonly log: string;
}

/** A process of the server. */
export interface ServerProcess {
  readonly roles: string;
  /** Resolves once it serves. */
  start(): Promise<void>;
  /** Sends SIGSTOP or SIGCONT; for all other signals it resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it gracefully, also when it is paused, and kills it when that takes too long. */
  stop(): Promise<void>;
  /** Where its API listens. */
  url(): string;
  /** The end of its newest log, without what only debugging needs. */
  tail(): string;
}

interface LogLine {
  readonly msg?: string;
  readonly url?: string;
}

/** A process that is not started yet. */
export function createServerProcess({ roles, settings, log }: ServerOptions): ServerProcess {
  let starts = 0;
  let child: ChildProcess | undefined;
  const file = (): string => `${log}-${starts}.log`;
  const text = (): string => (existsSync(file()) ? readFileSync(file(), 'utf8') : '');
  const tail = (): string => {
    const lines = text().trimEnd().split('\n').filter(isTelling).slice(-TAIL_LINES);
    return [`--- the end of ${file()}`, ...lines.map((line) => line.slice(0, LINE))].join('\n');
  };

  /** The line that says it serves; only whole lines count. */
  function serving(): LogLine | undefined {
    const line = text()
      .split('\n')
      .slice(0, -1)
      .find((candidate) => candidate.includes('"orrery serves"'));
    return line === undefined ? undefined : (JSON.parse(line) as LogLine);
  }

  function spawnInto(output: number): ChildProcess {
    return spawn(process.execPath, [join(ROOT, 'src/bin/orrery.ts'), 'serve', '--roles', roles], {
      cwd: ROOT,
      env: { ...process.env, ...settings },
      stdio: ['ignore', output, output],
    });
  }

  const hasEnded = (): boolean => (child?.exitCode ?? child?.signalCode ?? null) !== null;

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || hasEnded()) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  }

  return {
    roles,
    kill,
    tail,
    async start() {
      starts += 1;
      const output = openSync(file(), 'w');
      child = spawnInto(output);
      closeSync(output);
      await until(() => hasEnded() || serving() !== undefined, {
        what: `the server with the roles ${roles} starts\n${tail()}`,
        withinMs: START_MS,
      });
      if (hasEnded()) throw new Error(`the server with the roles ${roles} ended\n${tail()}`);
    },
    async stop() {
      const timer = setTimeout(() => void kill('SIGKILL'), STOP_MS);
      const ended = kill('SIGTERM');
      await kill('SIGCONT');
      await ended;
      clearTimeout(timer);
    },
    url() {
      const url = serving()?.url;
      if (url === undefined) throw new Error(`the server with the roles ${roles} has no API`);
      return url;
    },
  };
}

function isTelling(line: string): boolean {
  return !line.includes('"level":"debug"');
}
