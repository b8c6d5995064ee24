/** What deploy/kubernetes gives and forbids. Whether a network plugin enforces the policy is not tested here. */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

import { LABELS } from '../../src/tes/attempt.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly rules: readonly { readonly resources: string[]; readonly verbs: string[] }[];
}

function manifests(name: string): Manifest[] {
  const file = new URL(`../../deploy/kubernetes/${name}`, import.meta.url);
  return parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS() as Manifest);
}

describe('deploy/kubernetes/network-policy.yaml', () => {
  it('is for every task pod, lets nobody in, and nothing out to private addresses', () => {
    const [policy] = manifests('network-policy.yaml');

    expect(policy?.spec).toMatchObject({
      podSelector: { matchExpressions: [{ key: LABELS.task, operator: 'Exists' }] },
      policyTypes: ['Ingress', 'Egress'],
    });
    expect(policy?.spec).not.toHaveProperty('ingress');
    const text = JSON.stringify(policy?.spec['egress']);
    for (const block of [
      '10.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
      'fc00::/7',
    ]) {
      expect(text).toContain(block);
    }
  });
});

describe('deploy/kubernetes/rbac.yaml', () => {
  it('gives no right to run commands in pods, to list or change Secrets, or to give rights', () => {
    const rights = manifests('rbac.yaml').flatMap(({ rules = [] }) =>
      rules.flatMap(({ resources, verbs }) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
      ),
    );

    expect(rights.filter((right) => /\*|exec|attach|role|serviceaccount/.test(right))).toEqual([]);
    expect(rights.filter((right) => right.endsWith(' secrets'))).toEqual([
      'create secrets',
      'get secrets',
      'delete secrets',
    ]);
  });

  it('has the namespace keep to a pod security standard', () => {
    const namespace = manifests('rbac.yaml').find(({ kind }) => kind === 'Namespace');

    expect(namespace?.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'baseline',
    });
  });
});
