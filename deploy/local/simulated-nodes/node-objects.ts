/** The Nodes as the cluster sees them, and the namespace whose pods go there. */
import type { V1Namespace, V1Node } from '@kubernetes/client-node';

import type { Stage } from './stage.ts';

/** Label and taint of every simulated node: the label draws the pods of one namespace, the taint keeps out all others. */
const MARK = 'orrery.dev/simulated';

/** What an administrator sets on a Node whose machine is known to be off. */
export const OUT_OF_SERVICE = {
  key: 'node.kubernetes.io/out-of-service',
  value: 'nodeshutdown',
  effect: 'NoExecute',
} as const;

/** A Node as its kubelet registers it; logs of its pods are asked for at that port of the loopback address. */
export function buildNode(name: string, logPort: number): V1Node {
  const capacity = { cpu: '10k', memory: '40Ti', pods: '100k', 'ephemeral-storage': '400Ti' };
  return {
    metadata: { name, labels: { [MARK]: 'true', 'kubernetes.io/hostname': name } },
    spec: { taints: [{ key: MARK, value: 'true', effect: 'NoSchedule' }] },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [{ type: 'Hostname', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: logPort } },
    },
  };
}

/** The namespace: the admission plugins PodNodeSelector and PodTolerationRestriction read its annotations. */
export function buildNamespace(name: string): V1Namespace {
  return {
    metadata: {
      name,
      annotations: {
        'scheduler.alpha.kubernetes.io/node-selector': `${MARK}=true`,
        'scheduler.alpha.kubernetes.io/defaultTolerations': JSON.stringify([
          { key: MARK, operator: 'Exists', effect: 'NoSchedule' },
        ]),
      },
    },
  };
}

/** A simulated kubelet says that it is ready whenever its Node says anything else; its lease does the rest. */
export const NODE_STAGE: Stage = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'node-ready' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Node' },
    selector: {
      matchExpressions: [
        {
          key: '.status.conditions[]? | select(.type == "Ready") | .status',
          operator: 'NotIn',
          values: ['True'],
        },
      ],
    },
    next: {
      patches: [
        {
          subresource: 'status',
          template: `
status:
  conditions:
  {{- range NodeConditions }}
  - {type: {{ .type }}, status: {{ .status | Quote }}, reason: {{ .reason }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }}}
  {{- end }}`,
        },
      ],
    },
  },
};
