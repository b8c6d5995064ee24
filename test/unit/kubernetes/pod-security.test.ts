/** What is promised of every task pod, item by item, for both pod security standards. */
import { describe, expect, it } from '@jest/globals';

import type { Container, PodSpec } from '../../../src/kubernetes/objects.ts';
import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import type { PodSettings } from '../../../src/kubernetes/pod/settings.ts';
import { PLAIN_OFFERS } from '../../support/plain-rules.ts';
import { aDocument, aPlan, settings } from './pod-settings.ts';

const user = { uid: 65_532, gid: 65_532 };
const standards: [string, PodSettings][] = [
  ['baseline', settings],
  ['baseline as a user', { ...settings, user }],
  ['restricted', { ...settings, restricted: true, user }],
];

const document = aDocument({
  executors: [
    { image: 'a', command: ['a'] },
    { image: 'b', command: ['b'] },
  ],
  inputs: [{ path: '/in/x', url: 'file:///data/x', type: 'FILE' }],
  outputs: [{ path: '/out', url: 'file:///data/out', type: 'DIRECTORY' }],
});

function specOf(with_: PodSettings): PodSpec {
  const { spec } = buildTaskPod(aPlan(document), with_);
  if (spec === undefined) throw new Error('the pod has no spec');
  return spec;
}

const containersOf = ({ initContainers = [], containers }: PodSpec): Container[] => [
  ...initContainers,
  ...containers,
];
const executorsOf = (spec: PodSpec) =>
  containersOf(spec).filter(({ name }) => name.startsWith('executor-'));

/** Volumes that pod security `restricted` allows. */
const ALLOWED_VOLUMES = ['emptyDir', 'persistentVolumeClaim', 'projected', 'secret'];

/** Capabilities that pod security `baseline` allows to add. */
const ALLOWED_CAPABILITIES = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
  ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

describe.each(standards)('a pod for %s', (_name, chosen) => {
  const spec = specOf(chosen);

  it('mounts no service-account token, and no Service is told to it', () => {
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.enableServiceLinks).toBe(false);
    expect(JSON.stringify(spec)).not.toContain('serviceAccountToken');
  });

  it('has seccomp RuntimeDefault and may not escalate its rights', () => {
    expect(spec.securityContext?.seccompProfile).toEqual({ type: 'RuntimeDefault' });
    for (const { securityContext } of containersOf(spec)) {
      expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false });
      expect(securityContext).not.toHaveProperty('privileged');
    }
  });

  it('drops all capabilities and adds none that baseline does not allow', () => {
    for (const { securityContext } of containersOf(spec)) {
      expect(securityContext?.capabilities?.drop).toEqual(['ALL']);
      expect(ALLOWED_CAPABILITIES).toEqual(
        expect.arrayContaining(securityContext?.capabilities?.add ?? []),
      );
    }
  });

  it('has requests and limits for CPU and memory in every container, and a limit for the disk', () => {
    for (const { resources } of containersOf(spec)) {
      for (const amounts of [resources?.requests, resources?.limits]) {
        expect(amounts).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
      }
    }
    for (const { resources } of executorsOf(spec)) {
      expect(resources?.limits).toHaveProperty('ephemeral-storage');
    }
  });

  it('shares nothing with its node, neither folders nor network nor processes', () => {
    for (const shared of ['hostNetwork', 'hostPID', 'hostIPC']) {
      expect(spec).not.toHaveProperty(shared);
    }
    for (const { name, ...kind } of spec.volumes ?? []) {
      expect({ name, allowed: ALLOWED_VOLUMES }).toEqual({
        name,
        allowed: expect.arrayContaining(Object.keys(kind)),
      });
    }
  });

  it('shows the specification to the first stage only, and claims to no executor', () => {
    const mounts = (name: string) =>
      containersOf(spec)
        .filter(({ volumeMounts = [] }) => volumeMounts.some((mount) => mount.name === name))
        .map((container) => container.name);

    expect(mounts('spec')).toEqual(['inputs']);
    expect(mounts('claim-0')).toEqual(['inputs', 'outputs']);
  });

  it('has no secret of storage or task in the environment', () => {
    for (const container of containersOf(spec)) {
      expect(container).not.toHaveProperty('env');
      expect(container).not.toHaveProperty('envFrom');
    }
  });
});

describe('a restricted pod', () => {
  it('runs every container as the same user, which is not root, and without capabilities', () => {
    const spec = specOf({ ...settings, restricted: true, user });

    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 });
    for (const { securityContext } of containersOf(spec)) {
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        capabilities: { drop: ['ALL'] },
      });
      expect(securityContext?.capabilities).not.toHaveProperty('add');
    }
    expect(spec.securityContext).not.toHaveProperty('fsGroup');
  });
});

describe('executors as a user', () => {
  it('are not root while our own stages stay root, which reads files of everybody', () => {
    const spec = specOf({ ...settings, user });

    expect(
      containersOf(spec).map(({ name, securityContext }) => [name, securityContext?.runAsUser]),
    ).toEqual([
      ['inputs', 0],
      ['executor-0', 65_532],
      ['executor-1', 65_532],
      ['outputs', 0],
    ]);
  });
});

describe('the directories of lone files', () => {
  it('are mounted where executors are not root, who could make none in their image, but for those that images fill', () => {
    const lone = aDocument({
      executors: [{ image: 'a', command: ['a'], stdout: '/log/out.txt', stderr: '/var/log/x' }],
      inputs: [{ path: '/in/x', content: 'x', type: 'FILE' }],
    });
    const mountsFor = (chosen: PodSettings) => {
      const [, executor] = buildTaskPod(aPlan(lone), chosen).spec?.initContainers ?? [];
      return (executor?.volumeMounts ?? [])
        .map(({ mountPath }) => mountPath)
        .filter((path) => !path.startsWith('/.orrery'));
    };

    expect(mountsFor(settings)).toEqual(['/tmp']);
    expect(mountsFor({ ...settings, user })).toEqual(['/in', '/log', '/tmp']);
  });
});

describe('the token of an account', () => {
  it('is seen by executors only, where the administrator offers it', () => {
    const offers = { ...PLAIN_OFFERS, serviceAccounts: [{ name: 'a', token: true }] };
    const asking = { ...document, resources: { backend_parameters: { service_account: 'a' } } };

    const { spec } = buildTaskPod(aPlan(asking), { ...settings, offers });

    const seen =
      spec &&
      containersOf(spec).filter(({ volumeMounts = [] }) =>
        volumeMounts.some(({ name }) => name === 'account'),
      );
    expect(seen?.map(({ name }) => name)).toEqual(['executor-0', 'executor-1']);
    expect(spec).toMatchObject({ automountServiceAccountToken: false, serviceAccountName: 'a' });
  });
});
