/** Who used the processors: the CPU time of everything that belongs to this environment, by what it does. */
import { readdirSync, readFileSync } from 'node:fs';

import { openState } from '../../deploy/local/state.ts';
import { environment } from '../support/test-environment.ts';

/** Cores in use by one kind of process: 0.5 is half a core all the time. */
export interface Share {
  readonly who: string;
  readonly cores: number;
}

/** By the command line; the first that fits. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['orrery api', /orrery\.ts serve --roles api( |$)/],
  ['orrery worker', /orrery\.ts serve --roles worker( |$)/],
  ['orrery controller', /orrery\.ts serve --roles controller( |$)/],
  ['orrery, all roles', /orrery\.ts serve /],
  ['Postgres', /postgres/],
  ['Temporal', /temporal.* server start-dev/],
  ['etcd', / etcd /],
  ['kube-apiserver', / kube-apiserver /],
  ['controller manager', / kube-controller-manager /],
  ['scheduler', / kube-scheduler /],
  ['kubelet, containerd', / kubelet |containerd|runc/],
  ['simulated nodes (KWOK)', /kwok-v/],
];

const REST = 'load and bench';

/** The clock of `/proc/<pid>/stat`, which Linux fixes for programs: 100 a second. */
const TICKS_PER_SECOND = 100;

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Its own time and that of its children that have ended, in seconds. */
  readonly seconds: number;
}

/** Starts to count; the returned function tells the shares since then, the largest first. */
export function watchShares(): () => readonly Share[] {
  const [begun, before] = [performance.now(), secondsByKind()];
  return () => {
    const elapsed = (performance.now() - begun) / 1000;
    return [...secondsByKind()]
      .map(([who, seconds]) => ({ who, cores: (seconds - (before.get(who) ?? 0)) / elapsed }))
      .toSorted((a, b) => b.cores - a.cores);
  };
}

/** The pid of the first process of this environment whose command line fits. */
export function findProcess(command: RegExp): number {
  const found = ownProcesses().find((one) => command.test(one.command));
  if (found === undefined) throw new Error(`there is no process ${String(command)}`);
  return found.pid;
}

function secondsByKind(): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { command, seconds } of ownProcesses()) {
    const who = KINDS.find(([, pattern]) => pattern.test(command))?.[0] ?? REST;
    sums.set(who, (sums.get(who) ?? 0) + seconds);
  }
  return sums;
}

/** The engines of the state directory and this process, with all that descends from them. */
function ownProcesses(): Seen[] {
  const { processes } = openState(environment('STATE_DIR')).file;
  const roots = new Set([process.pid, ...Object.values(processes).map(({ pid }) => pid)]);
  const all = new Map(allProcesses().map((one) => [one.pid, one]));
  const isOwn = (pid: number): boolean => {
    if (roots.has(pid)) return true;
    const parent = all.get(pid)?.parent;
    return parent !== undefined && isOwn(parent);
  };
  return [...all.values()].filter(({ pid }) => isOwn(pid));
}

function allProcesses(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** Undefined when it has ended meanwhile. */
function readProcess(pid: number): Seen | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name (second field, in brackets) may itself hold spaces and brackets.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return { pid, parent: fields[1] ?? 0, command, seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}
