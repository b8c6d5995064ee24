/** The kubelet of the private cluster, as a process of this machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { environment } from './test-environment.ts';

/** Sends a signal to it; one that is killed is started again by the cluster. Throws when it does not run here. */
export function signalKubelet(signal: NodeJS.Signals): void {
  const settings = join(environment('STATE_DIR'), 'cluster/kubelet.json');
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && runs(name, settings));
  if (pids.length === 0) throw new Error('the kubelet of the private cluster does not run');
  for (const pid of pids) process.kill(Number(pid), signal);
}

function runs(pid: string, settings: string): boolean {
  try {
    const [, program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return program === 'kubelet' && args.includes(settings);
  } catch {
    return false;
  }
}
