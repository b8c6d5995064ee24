/** Where a pod may be scheduled, and as whom it stands before the API server. */
import { type Destination, destinationOf } from '../../tes/destination.ts';
import type { TaskDocument } from '../../tes/task.ts';
import type { PodSpec } from '../objects.ts';
import type { PodSettings } from './settings.ts';

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** Why a task cannot have a pod (any more), as a sentence; undefined when it can. */
export function placementFault(document: TaskDocument, settings: PodSettings): string | undefined {
  const destination = destinationOf(document.resources, settings.offers);
  return 'fault' in destination ? destination.fault : undefined;
}

/** The destination of a task that has no fault. Throws when it has one, which is to be asked for before. */
export function buildDestination(document: TaskDocument, settings: PodSettings): Destination {
  const destination = destinationOf(document.resources, settings.offers);
  if ('fault' in destination) throw new RangeError(destination.fault);
  return destination;
}

/** The members of the pod that say so; profiles are the administrator's, a task only chooses among them. */
export function buildPlacement(
  destination: Destination,
  settings: PodSettings,
): Pick<
  PodSpec,
  | 'nodeSelector'
  | 'tolerations'
  | 'affinity'
  | 'runtimeClassName'
  | 'priorityClassName'
  | 'schedulerName'
  | 'serviceAccountName'
> {
  const { nodeSelector, tolerations, zones, account } = destination;
  const { runtimeClassName, priorityClassName, schedulerName } = destination;
  const serviceAccountName = account?.name ?? settings.serviceAccount;
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length > 0 && { tolerations: tolerations.map((one) => ({ ...one })) }),
    ...(zones.length > 0 && { affinity: inOneOf(zones) }),
    ...(runtimeClassName !== undefined && { runtimeClassName }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(schedulerName !== undefined && { schedulerName }),
    ...(serviceAccountName !== undefined && { serviceAccountName }),
  };
}

function inOneOf(zones: readonly string[]): NonNullable<PodSpec['affinity']> {
  const matchExpressions = [{ key: ZONE_LABEL, operator: 'In', values: [...zones] }];
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  };
}
