/** The Nodes as the cluster sees them, and the namespace whose pods go there. */
import type { V1Namespace, V1Node } from '@kubernetes/client-node';

import type { Stage } from './stage.ts';

/** Label and taint of every simulated node: the label draws the pods of one namespace, the taint keeps out all others. */
export const MARK = 'orrery.dev/simulated';

/** What an administrator sets on a Node whose machine is known to be off. */
export const OUT_OF_SERVICE = {
  key: 'node.kubernetes.io/out-of-service',
  value: 'nodeshutdown',
  effect: 'NoExecute',
} as const;

/** How many of the smallest tasks fit, and the port of the loopback address where logs of pods are asked for. */
export interface NodeSize {
  readonly pods: number;
  readonly logPort: number;
}

/**
 * A Node as its kubelet registers it. It is no larger than it must be: the scheduler compares nodes in steps of 1 %
 * of their size, and gives equal ones all to the same.
 */
export function buildNode(name: string, { pods, logPort }: NodeSize): V1Node {
  const capacity = {
    pods: String(pods),
    cpu: `${pods * 100}m`,
    memory: `${pods * 200}M`,
    'ephemeral-storage': `${pods}T`,
  };
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

const BEAT = 'lastHeartbeatTime: {{ Now | Quote }}';
const CHANGE = 'lastTransitionTime: {{ Now | Quote }}';

const readyTemplate = (times: string): string => `
status:
  conditions:
  {{- range NodeConditions }}
  - {type: {{ .type }}, status: {{ .status | Quote }}, reason: {{ .reason }}, message: {{ .message | Quote }}, ${times}}
  {{- end }}`;

/**
 * A simulated kubelet says that it is ready at once whenever its Node says anything else, and repeats it as its sign
 * of life. It has no lease: KWOK overlooks pods that were there before it had got its lease.
 */
export const NODE_STAGES: readonly Stage[] = [
  nodeStage('ready', {
    operator: 'NotIn',
    afterMilliseconds: 0,
    template: readyTemplate(`${BEAT}, ${CHANGE}`),
  }),
  nodeStage('heartbeat', {
    operator: 'In',
    afterMilliseconds: 10_000,
    template: readyTemplate(BEAT),
  }),
];

function nodeStage(
  name: string,
  stage: { operator: 'In' | 'NotIn'; afterMilliseconds: number; template: string },
): Stage {
  const key = '.status.conditions[]? | select(.type == "Ready") | .status';
  const { operator, afterMilliseconds, template } = stage;
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: `node-${name}` },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Node' },
      selector: { matchExpressions: [{ key, operator, values: ['True'] }] },
      delay: { durationMilliseconds: afterMilliseconds },
      next: { patches: [{ subresource: 'status', template }] },
    },
  };
}
