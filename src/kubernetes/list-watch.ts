/** Pods and nodes by list and watch: it tells what to look at again, and is never the truth itself. */
import { LABELS } from '../tes/attempt.ts';
import type { ApiClient } from './api-client.ts';
import { followResource, type WatchLog, type WatchTimes } from './follow-resource.ts';
import type { Node, Pod } from './objects.ts';
import { observeNode, observePod } from './pod-status.ts';
import type { PodWatch } from './ports.ts';

/** Whose pods are watched, and where. */
export interface PodWatchScope {
  readonly namespace: string;
  readonly installation: string;
}

/**
 * Creates the watch over an installation's pods and over all nodes. Nothing is kept of what passes by.
 * It never fails: trouble is logged, and answered by listing anew.
 */
export function createPodWatch(
  api: ApiClient,
  scope: PodWatchScope,
  options: { readonly log: WatchLog; readonly times?: Partial<WatchTimes> },
): PodWatch {
  const stopping = new AbortController();
  const running: Promise<void>[] = [];
  return {
    start: async (handlers) => {
      const common = { api, signal: stopping.signal, ...options };
      const pods = followResource<Pod>({
        ...common,
        path: `/api/v1/namespaces/${encodeURIComponent(scope.namespace)}/pods`,
        labelSelector: `${LABELS.installation}=${scope.installation}`,
        optional: false,
        onItem: (pod) => {
          handlers.onPod(observePod(pod));
        },
        onGone: (pod) => {
          handlers.onPodGone(observePod(pod));
        },
        onListed: handlers.onPodsListed,
      });
      const nodes = followResource<Node>({
        ...common,
        path: '/api/v1/nodes',
        optional: true,
        onItem: (node) => {
          handlers.onNode(observeNode(node));
        },
        onGone: (node) => {
          handlers.onNodeGone(observeNode(node));
        },
        onListed: handlers.onNodesListed,
      });
      running.push(pods.ended, nodes.ended);
      await Promise.all([pods.listed, nodes.listed]);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
