/** Stops the transporter in the middle of its work, so that a stage lasts as long as a run wants it to. */
import { readdir, readFile } from 'node:fs/promises';

import { until } from '../support/until.ts';

/** A stopped process. */
export interface Frozen {
  readonly thaw: () => void;
}

const PATIENCE_MS = 120_000;
const EVERY_MS = 30;

/** Waits for the transporter of the pod of this uid and stops it. A pod has one such process at a time. */
export async function freezeTransporter(podUid: string): Promise<Frozen> {
  const others = new Set<string>();
  const pid = await until(() => findTransporter(podUid, others), {
    ...{ what: `pod ${podUid} has a transporter`, withinMs: PATIENCE_MS, everyMs: EVERY_MS },
  });
  process.kill(pid, 'SIGSTOP');
  return {
    thaw: () => process.kill(pid, 'SIGCONT'),
  };
}

/** By the uid in the name of its control group, and by its command line; `others` are known not to be it. */
async function findTransporter(podUid: string, others: Set<string>): Promise<number | undefined> {
  const names = [podUid, podUid.replaceAll('-', '_')];
  for (const entry of await readdir('/proc')) {
    if (others.has(entry) || !/^\d+$/.test(entry)) continue;
    const group = await read(entry, 'cgroup');
    // A child of the shim, so it is born in the group of its pod.
    if (!names.some((name) => group.includes(name))) others.add(entry);
    else if ((await read(entry, 'cmdline')).includes('transporter')) return Number(entry);
  }
  return undefined;
}

async function read(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
