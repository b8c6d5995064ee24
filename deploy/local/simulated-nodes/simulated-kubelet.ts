/** One simulated kubelet: a KWOK process that plays a single node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

import {
  endProcess,
  OWNER_VARIABLE,
  type ProcessRecord,
  recordProcess,
} from '../process-record.ts';

export interface KubeletOptions {
  readonly program: string;
  readonly kubeconfig: string;
  readonly node: string;
  /** The stages. */
  readonly settings: string;
  /** Its working directory. */
  readonly directory: string;
  readonly log: string;
  /** Marks the process, for whoever has to end what a killed runner left. */
  readonly owner: string;
}

/** A process that can hang and go on. */
export interface SimulatedKubelet {
  hang(): void;
  resume(): void;
  kill(): Promise<void>;
}

/** Starts it; it ends with the process that started it. */
export async function startKubelet(options: KubeletOptions): Promise<SimulatedKubelet> {
  const log = openSync(options.log, 'a', 0o600);
  const flags = {
    kubeconfig: options.kubeconfig,
    config: options.settings,
    'manage-single-node': options.node,
    'node-lease-duration-seconds': '0',
  };
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', options.program],
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ],
    {
      cwd: '/',
      env: {
        ...{ PATH: process.env['PATH'], TZ: 'UTC', HOME: options.directory },
        ...{ KWOK_WORKDIR: options.directory, [OWNER_VARIABLE]: options.owner },
      },
      stdio: ['ignore', log, log],
    },
  );
  try {
    await once(child, 'spawn');
  } finally {
    closeSync(log);
  }
  const record: ProcessRecord | undefined = recordProcess(child.pid ?? 0);
  return {
    hang: () => {
      child.kill('SIGSTOP');
    },
    resume: () => {
      child.kill('SIGCONT');
    },
    kill: async () => endProcess(record, 'SIGKILL', 10),
  };
}
