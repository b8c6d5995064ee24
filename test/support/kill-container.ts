/** Kills a container as a whole, as a node that is short of something does. */
import { randomBytes } from 'node:crypto';

import type { Pod } from '../../src/kubernetes/objects.ts';
import type { System } from './system.ts';
import { environment } from './test-environment.ts';

const PODS = '/api/v1/namespaces/default/pods';

/**
 * Sends SIGKILL to the shim that is running in the pod of this uid. Only a process outside of the container can do
 * that, so a pod that sees all processes of the node is lent the power for a moment.
 */
export async function killContainer({ namespace: { api }, until }: System, uid: string) {
  const name = `orrery-test-killer-${randomBytes(4).toString('hex')}`;
  const path = `${PODS}/${name}`;
  await api.json({ method: 'POST', path: PODS, body: aKiller(name, uid) });
  try {
    await until(
      async () => {
        const pod = await api.json<Pod>({ method: 'GET', path });
        return pod.status?.phase === 'Succeeded';
      },
      { what: `${name} has killed the container`, withinMs: 120_000 },
    );
  } finally {
    await api.json({ method: 'DELETE', path, query: { gracePeriodSeconds: '0' } });
  }
}

/** Finds the shim by its command line and by the uid in the name of its control group. */
function aKiller(name: string, uid: string): Pod {
  const script = `
    for process in /proc/[0-9]*; do
      grep -q -e "$POD" -e "$(echo "$POD" | tr - _)" "$process/cgroup" || continue
      tr '\\0' ' ' < "$process/cmdline" | grep -q '^/.orrery/run/shim executor' || continue
      kill -9 "\${process#/proc/}" && exit 0
    done
    exit 1`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      hostPID: true,
      restartPolicy: 'Never',
      containers: [
        {
          name: 'killer',
          image: environment('DEMO_IMAGE'),
          command: ['sh', '-c', script],
          env: [{ name: 'POD', value: uid }],
          securityContext: { privileged: true },
        },
      ],
    },
  };
}
