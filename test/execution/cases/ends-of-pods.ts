/** Ways in which something outside of the task ends its pod. */
import type { Chapter, Scene } from '../case.ts';
import { bind, bindToGhost, podPath, realNode, runningPod } from '../hands.ts';
import { sabotaged } from '../sabotage.ts';
import { sh } from '../tasks.ts';

const SLEEP = 'sleep 300';

/** The only node of the private cluster that runs pods. */
const NODE = 'orrery-local';

/** Takes a place on the node that there is only once, by a pod of higher priority. */
async function preempt(scene: Scene): Promise<void> {
  const { api } = scene.system.namespace;
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
  const name = `orrery-test-${scene.id}`;
  const node = await realNode(scene);
  await api.json({
    method: 'PATCH',
    path: `/api/v1/nodes/${node}/status`,
    body: { status: { capacity: { 'orrery.test/seat': '1' } } },
    contentType: 'application/merge-patch+json',
  });
  await runningPod(scene);
  await api.json({ method: 'POST', path: classes, body: { metadata: { name }, value: 1_000_000 } });
  const seat = { 'orrery.test/seat': '1' };
  const pods = '/api/v1/namespaces/default/pods';
  await api.json({
    method: 'POST',
    path: pods,
    body: {
      metadata: { name },
      spec: {
        priorityClassName: name,
        restartPolicy: 'Never',
        containers: [
          {
            name: 'seat',
            image: scene.image,
            command: ['true'],
            resources: { requests: seat, limits: seat },
          },
        ],
      },
    },
  });
  await scene.pod(({ deletedAt }) => deletedAt !== undefined, 'the pod is preempted');
  await api.json({ method: 'DELETE', path: `${pods}/${name}`, query: { gracePeriodSeconds: '0' } });
  await api.json({ method: 'DELETE', path: `${classes}/${name}` });
}

export const ENDS_OF_PODS: Chapter = {
  title: 'Ends: what happens to the pod',
  intro:
    'None of these is the fault of the task: but for the disk limit and the deadline, another attempt follows (the cases allow only one).',
  cases: [
    {
      sentence:
        'A task that writes more than disk_gb is stopped, and the limit and the volume are named.',
      task: sh('dd if=/dev/zero of=/data/big bs=1M count=200; sleep 200', {
        volumes: ['/data'],
        resources: { disk_gb: 0.05 },
      }),
      state: 'SYSTEM_ERROR',
      proves: 'diskLimit',
      facts: { disk: '50.33 MB', node: NODE },
      expected: {
        reason: /"scratch" exceeds the limit "48Mi"/,
      },
      withinSeconds: 240,
    },
    {
      sentence:
        'A task that writes more than 1 GiB beside that, into directories of its image, is stopped, and both limits are named.',
      task: sh('mkdir -p /usr; dd if=/dev/zero of=/usr/big bs=1M count=1150; sleep 200', {
        resources: { disk_gb: 0.05 },
      }),
      state: 'SYSTEM_ERROR',
      proves: 'podDiskLimit',
      facts: { disk: '50.33 MB', node: NODE },
      expected: {
        reason: /the total limit of containers 1072Mi/,
      },
      withinSeconds: 240,
    },
    {
      sentence:
        'A command that fills the directory of its own records is stopped, which is not told as a lack of disk_gb.',
      task: sh('dd if=/dev/zero of=/.orrery/record/big bs=1M count=300; sleep 200'),
      state: 'SYSTEM_ERROR',
      proves: 'recordLimit',
      facts: { node: NODE },
      expected: {
        reason: /"records" exceeds the limit "256Mi"/,
      },
      withinSeconds: 240,
    },
    {
      sentence: 'A pod that has a deadline of its own, by a policy of the cluster, is told so.',
      task: sh(SLEEP, sabotaged('pod-deadline')),
      state: 'SYSTEM_ERROR',
      proves: 'podDeadline',
      facts: { node: NODE },
    },
    {
      sentence: 'A preemptible task whose place a pod of higher priority takes is PREEMPTED.',
      task: sh(SLEEP, { resources: { preemptible: true }, ...sabotaged('seat') }),
      state: 'PREEMPTED',
      proves: 'preempted',
      facts: { node: NODE },
      during: preempt,
    },
    {
      sentence: 'A drain, or any eviction through the API, is told with the node.',
      task: sh(SLEEP),
      state: 'SYSTEM_ERROR',
      proves: 'drained',
      facts: { node: NODE },
      async during(scene) {
        const pod = await runningPod(scene);
        await scene.system.namespace.api.json({
          method: 'POST',
          path: `${podPath(scene, pod)}/eviction`,
          body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.name } },
        });
      },
    },
    {
      sentence:
        'A taint that withdraws the node is told; the pod counts as dead when the Node is gone.',
      task: sh(SLEEP, sabotaged('bound-by-hand')),
      state: 'SYSTEM_ERROR',
      proves: 'nodeTainted',
      async during(scene) {
        const node = await bindToGhost(scene);
        await node.patch({
          spec: { taints: [{ key: 'orrery.test/withdrawn', effect: 'NoExecute' }] },
        });
        await scene.pod(({ disruption }) => disruption !== undefined, 'the pod is evicted');
        await node.remove();
      },
    },
    {
      sentence: 'A Node that is deleted takes the attempt with it at once.',
      task: sh(SLEEP, sabotaged('bound-by-hand')),
      state: 'SYSTEM_ERROR',
      proves: 'nodeLost',
      async during(scene) {
        const node = await bindToGhost(scene);
        await node.remove();
      },
    },
    {
      sentence:
        'A node that does not answer ends the task after the patience for lost nodes, and the task is not tried again, because it may still run.',
      task: sh(SLEEP, sabotaged('bound-by-hand')),
      settings: { ORRERY_NODE_LOST_SECONDS: '4', ORRERY_MAX_ATTEMPTS: '3' },
      state: 'SYSTEM_ERROR',
      proves: 'unproven',
      expected: { attempts: 1, reason: /orrery-test-ghost/ },
      during: async (scene) => {
        await bindToGhost(scene);
      },
      async check(_, { id, system: { namespace } }) {
        await namespace.api.json({
          method: 'DELETE',
          path: `/api/v1/nodes/orrery-test-ghost-${id}`,
        });
      },
    },
    {
      sentence: 'A node that turns the pod away is told in its own words.',
      task: sh(SLEEP, sabotaged('wrong-node')),
      state: 'SYSTEM_ERROR',
      proves: 'nodeRefused',
      facts: { node: NODE },
      during: async (scene) => bind(scene, await realNode(scene)),
    },
    {
      sentence: 'A pod that somebody deletes is told as that.',
      task: sh(SLEEP),
      state: 'SYSTEM_ERROR',
      proves: 'podDeleted',
      facts: { node: NODE },
      async during(scene) {
        const pod = await runningPod(scene);
        await scene.system.namespace.deletePod(pod.name);
      },
    },
    {
      sentence: 'A pod that somebody deletes before it has a node never runs.',
      task: sh(SLEEP, sabotaged('bound-by-hand')),
      state: 'SYSTEM_ERROR',
      proves: 'podRemoved',
      async during(scene) {
        const pod = await scene.pod(({ gated }) => !gated, 'the gate is lifted');
        await scene.system.namespace.deletePod(pod.name);
      },
    },
  ],
};
