import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { loadConfig } from '../../../src/config/load.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const NEEDED = {
  ORRERY_POSTGRES_URL: 'postgres://user:password@db/orrery',
  ORRERY_SHIM_IMAGE: 'shim',
  ORRERY_TRANSPORTER_IMAGE: 'transporter',
};

const podsOf = (more: Record<string, string>) => loadConfig({ ...NEEDED, ...more }).pods;

function problemsOf(more: Record<string, string>): readonly string[] {
  try {
    loadConfig({ ...NEEDED, ...more });
    return [];
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
}

describe('settings of task pods', () => {
  it('offer and forbid nothing unless they are set; deadlines are what tasks may ask for at most', () => {
    expect(podsOf({})).toMatchObject({
      images: { allowed: [], toolHosts: [], pullSecrets: [] },
      offers: {
        maximums: {},
        placements: {},
        gpus: {},
        preemptible: {},
        zones: {},
        serviceAccounts: [],
        timeouts: { queueMs: 604_800_000, pullMs: 1_800_000, totalMs: 2_592_000_000 },
      },
      restricted: false,
      executorSecrets: [],
    });
    expect(podsOf({})).not.toHaveProperty('user');
    expect(podsOf({})).not.toHaveProperty('runDeadlineSeconds');
  });

  it('are read from lists and from YAML', () => {
    const pods = podsOf({
      ORRERY_PLACEMENT_PROFILES:
        '\n  big:\n    nodeSelector: { pool: big }\n    tolerations: [{ key: spot, operator: Exists }]\n  small: {}\n',
      ORRERY_GPU_PROFILES: '{"a100": {"resource": "nvidia.com/gpu", "maximum": 8}}',
      ORRERY_PREEMPTIBLE_PLACEMENT: 'priorityClassName: low',
      ORRERY_ZONES: 'europe-west1-b, c=europe-west1-c',
      ORRERY_SERVICE_ACCOUNTS: 'reader, writer=token',
      ORRERY_IMAGE_DEFAULT_REGISTRY: 'registry.example.org:5000/mirror',
      ORRERY_IMAGES_ALLOWED: 'quay.io/*,*.example.org/**',
      ORRERY_IMAGE_PULL_SECRETS: 'quay.io/team=team, docker.io=hub',
      ORRERY_TRS_HOSTS: 'Tools.example.org:8443',
      ORRERY_EXECUTOR_SECRETS: '/licence/=licence, /a=b/c=d',
      ORRERY_MAX_CPU_CORES: '64',
      ORRERY_MAX_PULL_DEADLINE_SECONDS: '7200',
      ORRERY_MAX_RUN_DEADLINE_SECONDS: '60',
    });

    expect(pods).toMatchObject({
      images: {
        defaultRegistry: 'registry.example.org:5000/mirror',
        allowed: ['quay.io/*', '*.example.org/**'],
        toolHosts: ['tools.example.org:8443'],
        pullSecrets: [
          { place: 'quay.io/team', secret: 'team' },
          { place: 'docker.io', secret: 'hub' },
        ],
      },
      offers: {
        maximums: { cpuCores: 64 },
        placements: {
          big: {
            nodeSelector: { pool: 'big' },
            tolerations: [{ key: 'spot', operator: 'Exists' }],
          },
        },
        gpus: { a100: { resource: 'nvidia.com/gpu', maximum: 8 } },
        preemptible: { priorityClassName: 'low' },
        zones: { 'europe-west1-b': 'europe-west1-b', c: 'europe-west1-c' },
        serviceAccounts: [
          { name: 'reader', token: false },
          { name: 'writer', token: true },
        ],
        timeouts: { pullMs: 7_200_000, runMs: 60_000 },
      },
      executorSecrets: [
        { path: '/licence', secret: 'licence' },
        { path: '/a=b/c', secret: 'd' },
      ],
    });
  });

  it('run restricted pods as one user, whose number and group can be chosen', () => {
    const restricted = { ORRERY_POD_SECURITY: 'restricted' };

    expect(podsOf(restricted)).toMatchObject({
      restricted: true,
      user: { uid: 65_532, gid: 65_532 },
    });
    expect(
      podsOf({ ...restricted, ORRERY_RUN_AS_USER: '1000', ORRERY_RUN_AS_GROUP: '100' }).user,
    ).toEqual({ uid: 1000, gid: 100 });
    expect(podsOf({ ORRERY_RUN_AS_USER: '1000' })).toMatchObject({
      restricted: false,
      user: { uid: 1000, gid: 1000 },
    });
  });

  it('are read from the file that a name with _FILE names', async () => {
    await withTempFolder((folder) => {
      const file = join(folder, 'gpus.yaml');
      writeFileSync(file, 'default:\n  resource: amd.com/gpu\n  maximum: 1\n');

      expect(podsOf({ ORRERY_GPU_PROFILES_FILE: file }).offers.gpus).toEqual({
        default: { resource: 'amd.com/gpu', maximum: 1 },
      });
      return Promise.resolve();
    });
  });

  it.each([
    ['ORRERY_GPU_PROFILES', 'a: {', /must be YAML or JSON: /],
    ['ORRERY_GPU_PROFILES', '[]', /is wrong as a whole: it must be object/],
    [
      'ORRERY_GPU_PROFILES',
      '{a: {maximum: 1}}',
      /wrong at \/a: it must have required properties resource/,
    ],
    ['ORRERY_GPU_PROFILES', '{a: {resource: gpu, maximum: 1}}', /wrong at \/a\/resource: /],
    ['ORRERY_GPU_PROFILES', '{a: {resource: x.y/gpu, maximum: 0}}', /wrong at \/a\/maximum: /],
    [
      'ORRERY_GPU_PROFILES',
      '{"a:b": {resource: x.y/gpu, maximum: 1}}',
      /wrong at \/a:b: it is no name/,
    ],
    [
      'ORRERY_PLACEMENT_PROFILES',
      '{a: {hostNetwork: true}}',
      /wrong at \/a\/hostNetwork: it is no name/,
    ],
    [
      'ORRERY_PLACEMENT_PROFILES',
      '{a: {nodeSelector: {b: true}}}',
      /wrong at \/a\/nodeSelector\/b: it must be string/,
    ],
    ['ORRERY_PLACEMENT_PROFILES', 'a: &x {}\nb: *x', /must be YAML or JSON: /],
    [
      'ORRERY_PREEMPTIBLE_PLACEMENT',
      '{tolerations: [{effect: Never}]}',
      /wrong at \/tolerations\/0\/effect: /,
    ],
    ['ORRERY_ZONES', 'a b', /but holds "a b"/],
    ['ORRERY_ZONES', 'a=b,a=c', /must not have a name twice/],
    ['ORRERY_SERVICE_ACCOUNTS', 'reader=tokens', /but holds "reader=tokens"/],
    ['ORRERY_SERVICE_ACCOUNTS', 'A_b', /but holds "A_b"/],
    ['ORRERY_IMAGE_DEFAULT_REGISTRY', 'mirror', /must be a registry/],
    ['ORRERY_IMAGE_DEFAULT_REGISTRY', 'https://a.org', /must be a registry/],
    ['ORRERY_IMAGES_ALLOWED', 'alpine', /but holds "alpine"/],
    ['ORRERY_IMAGES_ALLOWED', 'library/alpine', /but holds "library\/alpine"/],
    ['ORRERY_IMAGE_PULL_SECRETS', 'quay.io', /but holds "quay.io"/],
    ['ORRERY_IMAGE_PULL_SECRETS', 'quay=a', /but holds "quay=a"/],
    ['ORRERY_TRS_HOSTS', 'https://tools.example.org', /but holds "https:\/\/tools.example.org"/],
    ['ORRERY_EXECUTOR_SECRETS', 'licence', /but holds "licence"/],
    ['ORRERY_EXECUTOR_SECRETS', '/proc/x=a', /but holds "\/proc\/x=a"/],
    ['ORRERY_EXECUTOR_SECRETS', '/tmp=a', /but holds "\/tmp=a"/],
    ['ORRERY_EXECUTOR_SECRETS', '/a=b,/a/c=d', /twice or in another/],
    ['ORRERY_MAX_RAM_GB', '1', /must not be less than ORRERY_DEFAULT_RAM_GB, which is 2/],
    [
      'ORRERY_MAX_PULL_DEADLINE_SECONDS',
      '60',
      /must not be less than ORRERY_PULL_DEADLINE_SECONDS, which is 1800/,
    ],
    ['ORRERY_RUN_AS_GROUP', '5', /must not be set without ORRERY_RUN_AS_USER/],
    ['ORRERY_RUN_AS_USER', '0', /a whole number from 1/],
    ['ORRERY_TASK_SERVICE_ACCOUNT', 'A_b', /must be as its description says/],
  ])('refuse %s=%j with its place', (name, value, sentence) => {
    const problems = problemsOf({ [name]: value });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    expect(problems[0]).toMatch(new RegExp(`^${name} `));
  });
});
