/** What cases do in the cluster beside the task: nodes that nobody runs, bindings, evictions. */
import type { Node } from '../../src/kubernetes/objects.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import { executorStage, stageOf } from '../../src/tes/stages.ts';
import type { Scene } from './case.ts';

const NODES = '/api/v1/nodes';

/** True once the first command runs. */
function isRunning(pod: PodObservation): boolean {
  return stageOf(pod, executorStage(0))?.state.kind === 'running';
}

/** The pod while its first command runs. */
export async function runningPod(scene: Scene): Promise<PodObservation> {
  return scene.pod(isRunning, 'the command runs');
}

/** The path of a pod in the API. */
export function podPath({ system }: Scene, pod: PodObservation): string {
  return `${system.namespace.path}/pods/${pod.name}`;
}

/** The name of the node that runs pods. */
export async function realNode({ system }: Scene): Promise<string> {
  const { items } = await system.namespace.api.json<{ items: Node[] }>({
    method: 'GET',
    path: NODES,
  });
  const ready = items.find(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  if (ready?.metadata?.name === undefined) throw new Error('no node is ready');
  return ready.metadata.name;
}

/** Gives the pod a node, as only the scheduler does otherwise. */
export async function bind(scene: Scene, nodeName: string): Promise<void> {
  const pod = await scene.pod(({ gated }) => !gated, 'the gate is lifted');
  await scene.system.namespace.api.json({
    method: 'POST',
    path: `${podPath(scene, pod)}/binding`,
    body: {
      metadata: { name: pod.name },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    },
  });
}

/** A Node of the API behind which there is no machine. */
export interface GhostNode {
  readonly name: string;
  patch(body: object): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a Node without a machine and binds the pod to it; resolves once Orrery has noted that. */
export async function bindToGhost(scene: Scene): Promise<GhostNode> {
  const { api } = scene.system.namespace;
  const name = `orrery-test-ghost-${scene.id}`;
  const path = `${NODES}/${name}`;
  await api.json({ method: 'POST', path: NODES, body: { metadata: { name } } });
  await bind(scene, name);
  await scene.system.reaches(scene.id, 'INITIALIZING');
  return {
    name,
    patch: async (body) => {
      await api.json({
        method: 'PATCH',
        path,
        body,
        contentType: 'application/strategic-merge-patch+json',
      });
    },
    remove: async () => {
      await api.json({ method: 'DELETE', path });
    },
  };
}
