/** The Nodes as the watcher last saw them, and what becomes of the pods on them. */
import type { PodWatch } from '../kubernetes/ports.ts';
import type { NodeObservation } from '../tes/observation.ts';
import { NODE_CLASSES, nodeClass, worse } from '../tes/pod-state.ts';
import type { NodeSight } from '../tes/proven-dead.ts';
import type { WatchedPod } from './watched-pods.ts';

/** The pods of a Node by name, and how their workflows are woken. */
export interface PodsOnNodes {
  readonly on: (nodeName: string) => Iterable<[string, WatchedPod]>;
  readonly wake: (name: string, pod: WatchedPod) => void;
}

type Handlers = Pick<Parameters<PodWatch['start']>[0], 'onNode' | 'onNodeGone' | 'onNodesListed'>;

/** Nodes by name, and the handlers that keep them up to date. */
export interface WatchedNodes extends Handlers {
  get(name: string | undefined): NodeObservation | undefined;
}

/**
 * Only another class of a Node concerns its pods: most of its news is heartbeats. Its death is news also to those that
 * it was lost to before, because it proves theirs.
 */
export function createWatchedNodes({ on, wake }: PodsOnNodes): WatchedNodes {
  const nodes = new Map<string, NodeObservation>();

  function change(name: string, before: NodeSight, now: NodeSight): void {
    const [was, is] = [nodeClass(before), nodeClass(now)];
    if (was === is) return;
    const isNews = NODE_CLASSES.indexOf(is) > NODE_CLASSES.indexOf(was);
    for (const [podName, pod] of on(name)) {
      pod.told = worse(pod.own, is === 'sound' ? 'fresh' : 'node-lost');
      if (isNews && pod.own !== 'ended') wake(podName, pod);
    }
  }

  function forget(name: string): void {
    const before = nodes.get(name);
    nodes.delete(name);
    change(name, before, 'gone');
  }

  return {
    get: (name) => nodes.get(name ?? ''),
    onNode(node) {
      const known = nodes.get(node.name);
      const isAnother = known !== undefined && known.uid !== node.uid;
      if (isAnother) forget(node.name);
      nodes.set(node.name, node);
      change(node.name, isAnother ? undefined : known, node);
    },
    onNodeGone({ name }) {
      forget(name);
    },
    onNodesListed(names) {
      for (const name of nodes.keys()) if (!names.has(name)) forget(name);
    },
  };
}
