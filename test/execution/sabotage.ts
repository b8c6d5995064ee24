/**
 * What a cluster does to pods behind the back of their maker: admission policies that change or refuse the pods of
 * tasks that ask for it by a volume below /sabotage.
 */
import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { isApiError } from '../../src/kubernetes/api-error.ts';
import { environment } from '../support/test-environment.ts';
import { until } from '../support/until.ts';

const EXECUTOR = '/spec/initContainers/1';
const PREFIX = 'orrery-test-sabotage';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

/** The path, and the value as an expression of CEL. */
type Change = readonly [path: string, value: string];

/** Uploads as ever, with a report that nobody hears. */
const MUTE =
  "process.exit(require('child_process').spawnSync('/shim', ['outputs'], {stdio: 'ignore'}).status)";

/** Changes of the pod by the name of the sabotage. */
const CHANGES = {
  'no-root': [[`${EXECUTOR}/securityContext/runAsNonRoot`, 'true']],
  'no-profile': [
    [
      `${EXECUTOR}/securityContext/seccompProfile`,
      '{"type": "Localhost", "localhostProfile": "orrery-test/none.json"}',
    ],
  ],
  'no-program': [[`${EXECUTOR}/command`, '["/no/such/program"]']],
  'crashing-executor': [[`${EXECUTOR}/command`, '["/.orrery/run/shim", "no-such-stage"]']],
  'crashing-inputs': [['/spec/initContainers/0/command', '["/shim", "no-such-stage"]']],
  'bad-name': [[`${EXECUTOR}/image`, '"Not/An Image"']],
  'never-pulled': [
    [`${EXECUTOR}/image`, '"orrery.invalid/none:1"'],
    [`${EXECUTOR}/imagePullPolicy`, '"Never"'],
  ],
  'lost-report': [['/spec/containers/0/command', `["/usr/local/bin/node", "-e", "${MUTE}"]`]],
  'pod-deadline': [['/spec/activeDeadlineSeconds', '3']],
  'no-claim': [
    [
      '/spec/volumes/-',
      '{"name": dyn("none"), "persistentVolumeClaim": dyn({"claimName": "orrery-test-none"})}',
    ],
  ],
  'no-secret': [
    ['/spec/volumes/-', '{"name": dyn("none"), "secret": dyn({"secretName": "orrery-test-none"})}'],
    [`${EXECUTOR}/volumeMounts/-`, '{"name": "none", "mountPath": "/none"}'],
  ],
  seat: [
    [`${EXECUTOR}/resources/requests/orrery.test~1seat`, '"1"'],
    [`${EXECUTOR}/resources/limits/orrery.test~1seat`, '"1"'],
  ],
  'bound-by-hand': [['/spec/schedulerName', '"orrery-test-nobody"']],
  'wrong-node': [
    ['/spec/schedulerName', '"orrery-test-nobody"'],
    ['/spec/nodeSelector', '{"orrery.test/no-such-node": "true"}'],
  ],
  invalid: [['/metadata/labels/orrery-test', '"not a label!"']],
  'over-quota': [
    [`${EXECUTOR}/resources/requests/orrery.test~1nothing`, '"1"'],
    [`${EXECUTOR}/resources/limits/orrery.test~1nothing`, '"1"'],
  ],
} as const satisfies Record<string, readonly Change[]>;

/** Refusals by the name of the sabotage. */
const REFUSALS = ['policy', 'webhook'] as const;

/** What can be asked for. */
export type Sabotage = keyof typeof CHANGES | (typeof REFUSALS)[number];

/** The member of a task that asks for it. */
export function sabotaged(sabotage: Sabotage): { readonly volumes: readonly string[] } {
  return { volumes: [`/sabotage/${sabotage}`] };
}

/** Installs the policies and waits until they work; the result takes them away. */
export async function installSabotage(api: ApiClient): Promise<() => Promise<void>> {
  const objects = [...Object.keys(CHANGES).flatMap(changing), ...refusing(), aQuota()];
  const remove = async (): Promise<void> => {
    for (const { path, body } of objects) {
      await ignoring(404, api.json({ method: 'DELETE', path: `${path}/${body.metadata.name}` }));
    }
  };
  await remove();
  for (const { path, body } of objects) {
    await api.json({ method: 'POST', path, body });
  }
  await until(() => works(api), { what: 'the sabotage works', withinMs: 60_000, everyMs: 500 });
  return remove;
}

interface ClusterObject {
  readonly path: string;
  readonly body: { readonly metadata: { readonly name: string } };
}

/** A pod asks for it by a mount of one of its init containers. */
function asksFor(sabotage: string): string {
  return `has(object.spec.initContainers) && object.spec.initContainers.exists(c, has(c.volumeMounts) && c.volumeMounts.exists(m, m.mountPath == "/sabotage/${sabotage}"))`;
}

function about(sabotage: string) {
  return {
    matchConstraints: {
      namespaceSelector: namespaces(),
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
      ],
    },
    matchConditions: [{ name: 'asked-for', expression: asksFor(sabotage) }],
    failurePolicy: 'Fail',
  };
}

function namespaces() {
  return { matchLabels: { 'kubernetes.io/metadata.name': environment('TASK_NAMESPACE') } };
}

function changing(sabotage: string): ClusterObject[] {
  const name = `${PREFIX}-${sabotage}`;
  const changes: readonly Change[] = CHANGES[sabotage as keyof typeof CHANGES];
  const patches = changes.map(
    ([path, value]) => `JSONPatch{op: "add", path: "${path}", value: ${value}}`,
  );
  return [
    {
      path: `${ADMISSION}/mutatingadmissionpolicies`,
      body: {
        metadata: { name },
        spec: {
          ...about(sabotage),
          reinvocationPolicy: 'Never',
          mutations: [
            { patchType: 'JSONPatch', jsonPatch: { expression: `[${patches.join(', ')}]` } },
          ],
        },
      } as ClusterObject['body'],
    },
    {
      path: `${ADMISSION}/mutatingadmissionpolicybindings`,
      body: { metadata: { name }, spec: { policyName: name } } as ClusterObject['body'],
    },
  ];
}

/** A policy that forbids, and a webhook that nobody serves. */
function refusing(): ClusterObject[] {
  const name = `${PREFIX}-policy`;
  const policy = {
    metadata: { name },
    spec: {
      ...about('policy'),
      validations: [
        {
          expression: 'false',
          message: 'pods with sabotage are not wanted here',
          reason: 'Forbidden',
        },
      ],
    },
  };
  const binding = {
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  };
  const { matchConditions, matchConstraints, failurePolicy } = about('webhook');
  const webhook = {
    metadata: { name: `${PREFIX}-webhook` },
    webhooks: [
      {
        name: 'webhook.orrery.test',
        clientConfig: { url: 'https://127.0.0.1:9/never' },
        rules: matchConstraints.resourceRules,
        namespaceSelector: matchConstraints.namespaceSelector,
        matchConditions,
        failurePolicy,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 5,
      },
    ],
  };
  return [
    { path: `${ADMISSION}/validatingadmissionpolicies`, body: policy },
    { path: `${ADMISSION}/validatingadmissionpolicybindings`, body: binding },
    { path: `${ADMISSION}/validatingwebhookconfigurations`, body: webhook },
  ];
}

/** It counts something that only the sabotage asks for. */
function aQuota(): ClusterObject {
  return {
    path: `/api/v1/namespaces/${environment('TASK_NAMESPACE')}/resourcequotas`,
    body: {
      metadata: { name: `${PREFIX}-quota` },
      spec: { hard: { 'requests.orrery.test/nothing': '0' } },
    } as ClusterObject['body'],
  };
}

/** All of it is known to the API server: a pod that is only tried out meets the last of each kind. */
async function works(api: ApiClient): Promise<boolean> {
  const changed = Object.keys(CHANGES).filter(
    (name) => name !== 'invalid' && name !== 'over-quota',
  );
  for (const sabotage of changed) {
    const pod = await tryOut(api, sabotage);
    if (JSON.stringify(pod) === JSON.stringify(await tryOut(api, 'none'))) return false;
  }
  for (const sabotage of ['invalid', 'over-quota', ...REFUSALS]) {
    const refused = await tryOut(api, sabotage).then(
      () => false,
      () => true,
    );
    if (!refused) return false;
  }
  return true;
}

async function tryOut(api: ApiClient, sabotage: string): Promise<unknown> {
  const container = {
    image: 'none',
    resources: { requests: { cpu: '1m' }, limits: { cpu: '1m' } },
    securityContext: { privileged: false },
    volumeMounts: [{ name: 'scratch', mountPath: `/sabotage/${sabotage}` }],
  };
  const pod = await api.json<{ spec: object }>({
    method: 'POST',
    path: `/api/v1/namespaces/${environment('TASK_NAMESPACE')}/pods`,
    query: { dryRun: 'All' },
    body: {
      metadata: { name: `${PREFIX}-try`, labels: { 'orrery.test/try': 'true' } },
      spec: {
        automountServiceAccountToken: false,
        volumes: [{ name: 'scratch', emptyDir: {} }],
        initContainers: [
          { ...container, name: 'inputs' },
          { ...container, name: 'executor-0' },
        ],
        containers: [{ ...container, name: 'outputs' }],
      },
    },
  });
  return JSON.parse(JSON.stringify(pod.spec).replaceAll(`/sabotage/${sabotage}`, ''));
}

async function ignoring(status: number, request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isApiError(error, status)) throw error;
  });
}
