/** Signals to the processes of a pod, as its node or its administrator sends them. */
import { runOnNode } from './run-on-node.ts';
import type { System } from './system.ts';

/** Signals the first process of the pod `$POD` whose command line matches; its pod is in the name of its control group. */
const signal = (name: string, commandLine: string): string => `
  for process in /proc/[0-9]*; do
    grep -qs -e "$POD" -e "$(echo "$POD" | tr - _)" "$process/cgroup" || continue
    tr '\\0' ' ' < "$process/cmdline" | grep -q '${commandLine}' || continue
    kill -${name} "\${process#/proc/}" && exit 0
  done
  exit 1`;

const SHIM = '^/.orrery/run/shim executor';

/** A script for `runOnNode`: kills the shim of a running executor, and with it the container. */
export const KILL_SHIM = signal('KILL', SHIM);

/** A script for `runOnNode`: asks the shim of a running executor to stop. */
export const STOP_SHIM = signal('TERM', SHIM);

/** A script for `runOnNode`: kills the process that holds the pod's sandbox. */
export const KILL_PAUSE = signal('KILL', '^/pause\\|^/bin/sleep 2147483647');

/** A script for `runOnNode`: kills every process of the pod. */
export const KILL_ALL = `
  pids=
  for process in /proc/[0-9]*; do
    grep -qs -e "$POD" -e "$(echo "$POD" | tr - _)" "$process/cgroup" || continue
    pids="$pids \${process#/proc/}"
  done
  for pid in $pids; do kill -KILL "$pid" && killed=yes; done
  [ -n "$killed" ]`;

/** Sends SIGKILL to the shim that is running in the pod of this uid. */
export async function killContainer(system: System, uid: string): Promise<void> {
  await runOnNode(system, KILL_SHIM, { POD: uid });
}
