/** Containers whose own files nobody may change, as a policy of a cluster can make them. */
import { afterAll, describe, expect, it } from '@jest/globals';

import type { Pod } from '../../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import type { Report } from '../../../src/tes/report.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { openTestCluster } from '../../support/cluster.ts';
import { environment } from '../../support/test-environment.ts';

const cluster = openTestCluster();
const MINUTE = 60_000;

afterAll(() => cluster.close());

/** Runs a task whose executors have a read-only root, and run as this user; the report of its end. */
async function runReadOnly(document: TaskDocument, uid: number): Promise<Report | undefined> {
  const plan = cluster.aPlan(document);
  const pod = buildTaskPod(plan, cluster.settings);
  for (const container of pod.spec?.initContainers?.slice(1) ?? []) {
    container.securityContext = {
      ...container.securityContext,
      readOnlyRootFilesystem: true,
      runAsUser: uid,
    };
  }
  const made = await cluster.api.json<Pod>({
    method: 'POST',
    path: `${cluster.path}/pods`,
    body: pod,
  });
  const { name = '', uid: podUid = '' } = made.metadata ?? {};
  await cluster.pods.ensureSecrets(plan, podUid);
  await cluster.pods.liftGate(name, podUid);
  await cluster.until(name, ({ phase }) => phase === 'Succeeded' || phase === 'Failed');
  return cluster.pods.readReport(name);
}

describe.each([0, 54_321])('with a read-only root, user %i', (uid) => {
  it(
    'a command reads and writes what its task declares, also without a shell',
    async () => {
      const report = await runReadOnly(
        {
          inputs: [{ path: '/work/in', content: 'b\na\n', type: 'FILE' }],
          outputs: [{ path: '/work/out', url: '/nowhere', type: 'FILE' }],
          executors: [
            {
              image: environment('BARE_IMAGE'),
              command: ['/busybox', 'sort'],
              workdir: '/work/dir',
              stdin: '/work/in',
              stdout: '/work/out',
            },
            cluster.anExecutor({ command: ['sh', '-c', 'id -u; cat /work/out > /tmp/x'] }),
          ],
        },
        uid,
      );

      expect(report?.executors).toMatchObject([
        { exitCode: 0, stdout: 'a\nb\n' },
        { exitCode: 0, stdout: `${uid}\n` },
      ]);
    },
    2 * MINUTE,
  );

  it(
    'a lone file cannot be placed, and a sentence says so',
    async () => {
      const report = await runReadOnly(
        {
          inputs: [{ path: '/etc/tool.conf', content: 'x', type: 'FILE' }],
          executors: [cluster.anExecutor({})],
        },
        uid,
      );

      expect(report?.executors).toMatchObject([
        {
          failure: {
            code: 'FileUnplaceable',
            message:
              '/etc/tool.conf cannot be placed in the container: the file system there is read-only.',
          },
        },
      ]);
    },
    2 * MINUTE,
  );
});
