/** The real cluster of the tests: pods of an installation of their own, removed at the end. */
import type { KubeConfig } from '@kubernetes/client-node';
import { v7 } from 'uuid';

import { type ApiClient, createApiClient } from '../../src/kubernetes/api-client.ts';
import { loadKubeConfig } from '../../src/kubernetes/kube-config.ts';
import { createPodWatch } from '../../src/kubernetes/list-watch.ts';
import type { Pod } from '../../src/kubernetes/objects.ts';
import type { PodSettings } from '../../src/kubernetes/pod/settings.ts';
import { createPodGateway } from '../../src/kubernetes/pods.ts';
import type { PodGateway, PodPlan } from '../../src/kubernetes/ports.ts';
import { LABELS } from '../../src/tes/attempt.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import type { Executor, TaskDocument } from '../../src/tes/task.ts';
import { PLAIN_PODS } from './plain-rules.ts';

/** A cluster as one test file sees it. */
export interface TestCluster {
  readonly config: KubeConfig;
  readonly api: ApiClient;
  readonly pods: PodGateway;
  readonly settings: PodSettings;
  readonly installation: string;
  /** The path of the task namespace in the API. */
  readonly path: string;
  /** The folder behind `file:` URLs. */
  readonly files: string;
  aPlan(document?: TaskDocument): PodPlan;
  anExecutor(parts: Partial<Executor>): Executor;
  /** A pod as the API shows it. */
  raw(name: string): Promise<Pod>;
  /** Makes pod and Secrets, lifts the gate, and waits for the end. */
  run(document: TaskDocument): Promise<PodObservation>;
  /** The pod once it is as asked; follows the watch. */
  until(name: string, isSo: (pod: PodObservation) => boolean): Promise<PodObservation>;
  close(): Promise<void>;
}

const silent = { warn: () => undefined };

/** Opens the cluster that `npm test` prepared; throws when there is none. */
export function openTestCluster(): TestCluster {
  const config = loadKubeConfig({ kind: 'file', path: fromEnvironment('KUBECONFIG') });
  const api = createApiClient(config);
  const settings = settingsFromEnvironment();
  const pods = createPodGateway(api, settings);
  const installation = v7();
  const path = `/api/v1/namespaces/${settings.namespace}`;
  const anExecutor = (parts: Partial<Executor>): Executor => ({
    image: fromEnvironment('DEMO_IMAGE'),
    command: ['true'],
    ...parts,
  });
  const aPlan = (document: TaskDocument = { executors: [anExecutor({})] }): PodPlan => ({
    installation,
    taskId: v7(),
    number: 1,
    document,
  });
  const until: TestCluster['until'] = async (name, isSo) => {
    const { promise, resolve } = Promise.withResolvers<PodObservation>();
    const watch = createPodWatch(
      api,
      { namespace: settings.namespace, installation },
      { log: silent },
    );
    const look = (pod: PodObservation) => {
      if (pod.name === name && isSo(pod)) resolve(pod);
    };
    await watch.start({
      onPod: look,
      onPodGone: look,
      onNode: () => undefined,
      onNodeGone: () => undefined,
      onPodsListed: () => undefined,
      onNodesListed: () => undefined,
    });
    return promise.finally(() => watch.stop());
  };
  return {
    config,
    api,
    pods,
    settings,
    installation,
    path,
    files: fromEnvironment('FILES_DIR'),
    aPlan,
    anExecutor,
    raw: (name) => api.json<Pod>({ method: 'GET', path: `${path}/pods/${name}` }),
    run: async (document) => {
      const plan = aPlan(document);
      const made = await pods.createGated(plan);
      if (made.kind === 'refused') throw new Error(made.message);
      const { name, uid } = made.pod;
      await pods.ensureSecrets(plan, uid);
      await pods.liftGate(name, uid);
      return until(name, ({ phase }) => phase === 'Succeeded' || phase === 'Failed');
    },
    until,
    close: async () => {
      await removeAll(api, pods, { path, installation });
      api.close();
    },
  };
}

async function removeAll(
  api: ApiClient,
  pods: PodGateway,
  { path, installation }: { path: string; installation: string },
): Promise<void> {
  const { items } = await api.json<{ items: Pod[] }>({
    method: 'GET',
    path: `${path}/pods`,
    query: { labelSelector: `${LABELS.installation}=${installation}` },
  });
  for (const { metadata } of items) {
    const { name = '', uid = '' } = metadata ?? {};
    await pods.delete(name, uid, 0);
    await pods.release(name, uid);
  }
}

function settingsFromEnvironment(): PodSettings {
  return {
    namespace: fromEnvironment('TASK_NAMESPACE'),
    shimImage: fromEnvironment('SHIM_IMAGE'),
    transporterImage: fromEnvironment('TRANSPORTER_IMAGE'),
    imagePullPolicy: 'IfNotPresent',
    ...PLAIN_PODS,
    defaults: { cpuCores: 0.1, ramGb: 0.1, diskGb: 0.1 },
    fileClaims: [{ root: fromEnvironment('FILES_DIR'), claim: fromEnvironment('FILE_CLAIM') }],
    tailBytes: 65_536,
    graceSeconds: 2,
  };
}

function fromEnvironment(name: string): string {
  const value = process.env[`ORRERY_TEST_${name}`];
  if (value === undefined) throw new Error(`ORRERY_TEST_${name} is not set; run npm test.`);
  return value;
}
