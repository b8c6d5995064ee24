/** One process of the system under chaos: killed, paused, and started again by its supervisor. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { until } from '../support/until.ts';

/** The three roles of the program. */
export const ROLES = ['api', 'worker', 'controller'] as const;

export type Role = (typeof ROLES)[number];

/** Which process this is, how it is set up, and which source tree it runs. */
export interface MemberOptions {
  readonly role: Role;
  readonly name: string;
  readonly root: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The beginning of the names of its log files; each start writes a file of its own. */
  readonly log: string;
}

/** A supervised process. */
export interface Member {
  readonly role: Role;
  readonly name: string;
  /** Resolves once it serves; it is started again whenever it ends, until `stop`. */
  start(): Promise<void>;
  /** True while the process lives and is not paused. */
  isUp(): boolean;
  /** SIGKILL now; the supervisor starts it again after `downMs`. False when there was nothing to kill. */
  kill(downMs: number): Promise<boolean>;
  /** SIGSTOP; false when there was nothing to pause. */
  pause(): boolean;
  resume(): void;
  /** Where its API listens; undefined while it does not. */
  url(): string | undefined;
  pid(): number | undefined;
  /** How often it ended without being told to. */
  crashes(): number;
  /** Ends it for good, gracefully unless that takes too long. */
  stop(): Promise<void>;
}

const START_MS = 180_000;
const STOP_MS = 30_000;
const RESTART_MS = 500;
const SERVES = '"orrery serves"';

/** A process that is not started yet. */
export function createMember({ role, name, root, settings, log }: MemberOptions): Member {
  let child: ChildProcess | undefined;
  let starts = 0;
  let crashes = 0;
  let isPaused = false;
  let isWanted = false;
  let downMs: number | undefined;
  let address: string | undefined;

  const lives = (): boolean =>
    child?.pid !== undefined && child.exitCode === null && child.signalCode === null;

  function launch(): void {
    starts += 1;
    address = undefined;
    isPaused = false;
    const output = openSync(`${log}-${starts}.log`, 'w');
    // A run that is killed leaves no process behind.
    const launched = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', process.execPath],
        ...[join(root, 'src/bin/orrery.ts'), 'serve', '--roles', role],
      ],
      {
        cwd: root,
        env: { ...process.env, ...settings },
        stdio: ['ignore', output, output],
      },
    );
    closeSync(output);
    child = launched;
    launched.once('exit', () => void again());
  }

  function startWanted(): void {
    if (isWanted) launch();
  }

  async function again(): Promise<void> {
    if (!isWanted) return;
    if (downMs === undefined) crashes += 1;
    await pause(downMs ?? RESTART_MS);
    downMs = undefined;
    startWanted();
  }

  /** Only whole lines count. */
  function url(): string | undefined {
    if (!lives()) return undefined;
    address ??= servedAt(readFileSync(`${log}-${starts}.log`, 'utf8'));
    return address;
  }

  return {
    role,
    name,
    url,
    isUp: () => lives() && !isPaused,
    pid: () => (lives() ? child?.pid : undefined),
    crashes: () => crashes,
    async start() {
      isWanted = true;
      launch();
      const serves = (): boolean => url() !== undefined;
      await until(serves, { what: `${name} serves (${log}-${starts}.log)`, withinMs: START_MS });
    },
    async kill(pauseMs) {
      if (child === undefined || !lives()) return false;
      downMs = pauseMs;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      return true;
    },
    pause() {
      if (!lives() || isPaused) return false;
      isPaused = child?.kill('SIGSTOP') ?? false;
      return isPaused;
    },
    resume() {
      isPaused = false;
      if (lives()) child?.kill('SIGCONT');
    },
    async stop() {
      isWanted = false;
      if (child === undefined || !lives()) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function servedAt(text: string): string | undefined {
  const line = text
    .split('\n')
    .slice(0, -1)
    .find((candidate) => candidate.includes(SERVES));
  if (line === undefined) return undefined;
  return (JSON.parse(line) as { url?: string }).url ?? 'none';
}
