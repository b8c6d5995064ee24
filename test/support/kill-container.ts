/** Kills a container as a whole, as a node that is short of something does. */
import { runOnNode } from './run-on-node.ts';
import type { System } from './system.ts';

/** Finds the shim by its command line and by the uid in the name of its control group. */
export const KILL_SHIM = `
  for process in /proc/[0-9]*; do
    grep -q -e "$POD" -e "$(echo "$POD" | tr - _)" "$process/cgroup" || continue
    tr '\\0' ' ' < "$process/cmdline" | grep -q '^/.orrery/run/shim executor' || continue
    kill -9 "\${process#/proc/}" && exit 0
  done
  exit 1`;

/**
 * Sends SIGKILL to the shim that is running in the pod of this uid. Only a process outside of the container can do
 * that.
 */
export async function killContainer(system: System, uid: string): Promise<void> {
  await runOnNode(system, KILL_SHIM, { POD: uid });
}
