/** Scripts that run as root among the processes of the node: what only its administrator, or its kernel, can do. */
import { randomBytes } from 'node:crypto';

import type { Pod } from '../../src/kubernetes/objects.ts';
import type { System } from './system.ts';
import { environment } from './test-environment.ts';

const PODS = '/api/v1/namespaces/default/pods';

/**
 * Runs a shell script in a privileged pod that sees all processes of the node, and waits for its end. Throws with what
 * it printed when it fails.
 */
export async function runOnNode(
  { namespace: { api }, until }: Pick<System, 'namespace' | 'until'>,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const name = `orrery-test-hands-${randomBytes(4).toString('hex')}`;
  const path = `${PODS}/${name}`;
  await api.json({ method: 'POST', path: PODS, body: aHand(name, script, env) });
  try {
    const phase = await until(
      async () => {
        const { status } = await api.json<Pod>({ method: 'GET', path });
        return ['Succeeded', 'Failed'].includes(status?.phase ?? '') && status?.phase;
      },
      { what: `${name} has run its script`, withinMs: 120_000 },
    );
    if (phase === 'Failed') {
      throw new Error(
        `the script failed on the node: ${await api.text({ method: 'GET', path: `${path}/log` })}`,
      );
    }
  } finally {
    await api.json({ method: 'DELETE', path, query: { gracePeriodSeconds: '0' } });
  }
}

function aHand(name: string, script: string, env: Readonly<Record<string, string>>): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      hostPID: true,
      restartPolicy: 'Never',
      containers: [
        {
          name: 'hands',
          image: environment('DEMO_IMAGE'),
          command: ['sh', '-c', script],
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          securityContext: { privileged: true },
        },
      ],
    },
  };
}
