/** Task pods by name and uid: the Kubernetes side of `PodGateway`. */
import { TransientError } from '../errors/tes-error.ts';
import { FINALIZER, GATE, podName } from '../tes/attempt.ts';
import type { NodeObservation, PodObservation } from '../tes/observation.ts';
import type { ApiClient } from './api-client.ts';
import { isApiError, isForbidden, isRefusal, toTransient } from './api-error.ts';
import { readPodReport } from './logs.ts';
import type { Node, Pod } from './objects.ts';
import { deleteOwnPod, patchOwnPod } from './own-pod.ts';
import { buildTaskPod } from './pod/build-task-pod.ts';
import { isBuiltFrom } from './pod/labels.ts';
import { placementFault } from './pod/placement.ts';
import type { PodSettings } from './pod/settings.ts';
import { observeNode, observePod } from './pod-status.ts';
import type { PodGateway, PodPlan, Refusal } from './ports.ts';
import { ensureSpecSecrets } from './secrets.ts';

/** How often a name may change hands between our create and our look before we come back later. */
const CREATE_ROUNDS = 3;

/** Creates the gateway to the pods of one namespace. */
export function createPodGateway(api: ApiClient, settings: PodSettings): PodGateway {
  const pods = `/api/v1/namespaces/${encodeURIComponent(settings.namespace)}/pods`;
  const pathOf = (name: string) => `${pods}/${encodeURIComponent(name)}`;
  const get = (name: string) => getPod(api, pathOf(name));
  return {
    get,
    createGated: (plan) => createGated({ api, pods, get, settings }, plan),
    matches: isBuiltFrom,
    ensureSecrets: (plan, podUid) => ensureSpecSecrets({ api, settings }, plan, podUid),
    liftGate: (name, uid) =>
      patchOwnPod(
        api,
        { path: pathOf(name), uid },
        { spec: { schedulingGates: [{ name: GATE, $patch: 'delete' }] } },
      ),
    delete: (name, uid, graceSeconds) =>
      deleteOwnPod(api, { path: pathOf(name), uid }, graceSeconds),
    release: async (name, uid) => {
      await patchOwnPod(
        api,
        { path: pathOf(name), uid },
        { metadata: { '$deleteFromPrimitiveList/finalizers': [FINALIZER] } },
      );
    },
    readReport: (name) => readPodReport(api, pathOf(name)),
    node: (name) => getNode(api, name),
  };
}

interface CreateContext {
  readonly api: ApiClient;
  readonly pods: string;
  readonly get: PodGateway['get'];
  readonly settings: PodSettings;
}

async function createGated(
  { api, pods, get, settings }: CreateContext,
  plan: PodPlan,
): Promise<{ kind: 'created' | 'exists'; pod: PodObservation } | Refusal> {
  const fault = placementFault(plan.document, settings);
  if (fault !== undefined) return { kind: 'refused', message: fault };
  const body = buildTaskPod(plan, settings);
  for (let round = 0; round < CREATE_ROUNDS; round++) {
    try {
      const pod = await api.json<Pod>({ method: 'POST', path: pods, body });
      return { kind: 'created', pod: observePod(pod) };
    } catch (error) {
      if (isRefusal(error)) {
        return {
          kind: 'refused',
          message: `Kubernetes refuses the pod of this task: ${error.message}`,
        };
      }
      if (!isApiError(error, 409, 'AlreadyExists')) throw toTransient(error);
      const pod = await get(podName(plan));
      if (pod) return { kind: 'exists', pod };
    }
  }
  throw new TransientError(`The pod ${podName(plan)} comes and goes; somebody else deletes it.`);
}

async function getPod(api: ApiClient, path: string): Promise<PodObservation | undefined> {
  try {
    return observePod(await api.json<Pod>({ method: 'GET', path }));
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Only a 404 proves that a node is gone; without the right to look nothing is known. */
async function getNode(
  api: ApiClient,
  name: string,
): Promise<NodeObservation | 'gone' | undefined> {
  const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
  try {
    return observeNode(await api.json<Node>({ method: 'GET', path }));
  } catch (error) {
    if (isApiError(error, 404)) return 'gone';
    if (isForbidden(error)) return undefined;
    throw error;
  }
}
