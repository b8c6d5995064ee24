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

type Environment = Parameters<typeof loadConfig>[0];

function problemsOf(more: Environment): readonly string[] {
  try {
    loadConfig({ ...NEEDED, ...more });
    return [];
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
}

describe('loadConfig', () => {
  it('needs Postgres and the two images, and has a default for everything else', () => {
    expect(loadConfig(NEEDED)).toMatchObject({
      api: { host: '127.0.0.1', port: 8080, bodyLimit: 32 * 2 ** 20, corsOrigins: [] },
      auth: { mode: 'none' },
      postgres: { url: 'postgres://user:password@db/orrery', poolSize: 10 },
      kubernetes: { namespace: 'orrery-tasks' },
      pods: { fileClaims: [], imagePullPolicy: 'IfNotPresent' },
    });
    expect(() => loadConfig({})).toThrow(
      /ORRERY_POSTGRES_URL is missing[^]*ORRERY_SHIM_IMAGE is missing[^]*ORRERY_TRANSPORTER_IMAGE is missing/,
    );
  });

  it('turns seconds into milliseconds and KiB into bytes', () => {
    const config = loadConfig({
      ...NEEDED,
      ORRERY_QUEUE_DEADLINE_SECONDS: '7',
      ORRERY_RETRY_BACKOFF_SECONDS: '2',
      ORRERY_LOG_TAIL_KIB: '3',
    });

    expect(config.deadlines.queueMs).toBe(7000);
    expect(config.retry.backoffMs).toBe(2000);
    expect(config.pods.tailBytes).toBe(3072);
  });

  it('limits one owner no more than all of them unless told to', () => {
    const limits = { pods: 2000, inlineBytes: 256 * 2 ** 20 };
    expect(loadConfig(NEEDED).dispatch).toEqual({
      ...limits,
      ownerPods: limits.pods,
      ownerInlineBytes: limits.inlineBytes,
    });
    expect(
      loadConfig({ ...NEEDED, ORRERY_LIMIT_OWNER_PODS: '5', ORRERY_LIMIT_OWNER_INLINE_MIB: '1' })
        .dispatch,
    ).toEqual({ ...limits, ownerPods: 5, ownerInlineBytes: 2 ** 20 });
  });

  it('refuses limits of one owner above those of all', () => {
    expect(problemsOf({ ORRERY_LIMIT_PODS: '4', ORRERY_LIMIT_OWNER_PODS: '5' })).toEqual([
      'ORRERY_LIMIT_OWNER_PODS must not be more than ORRERY_LIMIT_PODS, which is 4.',
    ]);
    expect(problemsOf({ ORRERY_LIMIT_OWNER_INLINE_MIB: '257' })).toEqual([
      'ORRERY_LIMIT_OWNER_INLINE_MIB must not be more than ORRERY_LIMIT_INLINE_MIB, which is 256.',
    ]);
    expect(problemsOf({ ORRERY_LIMIT_PODS: '0' })).toHaveLength(1);
  });

  it('takes an empty variable as unset', () => {
    expect(loadConfig({ ...NEEDED, ORRERY_PORT: '', ORRERY_KUBECONFIG: '' })).toStrictEqual(
      loadConfig(NEEDED),
    );
    expect(problemsOf({ ORRERY_SHIM_IMAGE: '' })).toHaveLength(1);
  });

  it('reads lists', () => {
    const config = loadConfig({
      ...NEEDED,
      ORRERY_FILE_CLAIMS: '/data/=data, /home/a=b/=home ,',
      ORRERY_CORS_ORIGINS: 'https://a.org,http://localhost:3000',
      ORRERY_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    });

    expect(config.pods.fileClaims).toStrictEqual([
      { root: '/data', claim: 'data' },
      { root: '/home/a=b', claim: 'home' },
    ]);
    expect(config.api.corsOrigins).toStrictEqual(['https://a.org', 'http://localhost:3000']);
    expect(config.api.trustedProxies).toStrictEqual(['10.0.0.0/8', '::1']);
  });

  it('cannot be changed afterwards', () => {
    const config = loadConfig(NEEDED) as { api: { port: number } };

    expect(() => {
      config.api.port = 1;
    }).toThrow(/read only/);
  });

  it.each([
    ['ORRERY_PORT', '65536', 'a whole number from 0 to 65535, but is "65536"'],
    ['ORRERY_PORT', '80.5', 'a whole number'],
    ['ORRERY_PORT', '0x10', 'a whole number'],
    ['ORRERY_DEFAULT_RAM_GB', '0', 'a number above 0'],
    ['ORRERY_MAX_ATTEMPTS', '-1', 'a whole number from 1'],
    ['ORRERY_HIDE_CANCELING', 'yes', 'true or false, but is "yes"'],
    ['ORRERY_AUTH', 'oidc', 'one of none, trusted-header'],
    ['ORRERY_IMAGE_PULL_POLICY', 'always', 'one of Always, IfNotPresent, Never'],
    ['ORRERY_SERVICE_ORGANIZATION_URL', 'http://a.org', 'an https: URL'],
    ['ORRERY_TEMPORAL_ADDRESS', 'http://a:7233', 'Host and port'],
    ['ORRERY_TASK_NAMESPACE', 'A_b', 'namespace'],
    ['ORRERY_FILE_CLAIMS', 'data=claim', '"data=claim"'],
    ['ORRERY_FILE_CLAIMS', '/data', '"/data"'],
    ['ORRERY_FILE_CLAIMS', '/a/../b=c', '"/a/../b=c"'],
    ['ORRERY_FILE_CLAIMS', '/a=X_Y', '"/a=X_Y"'],
    ['ORRERY_FILE_CLAIMS', '/a=b,/a/=c', 'twice'],
    ['ORRERY_CORS_ORIGINS', 'a.org', '"a.org"'],
    ['ORRERY_CORS_ORIGINS', 'https://a.org/', '"https://a.org/"'],
    ['ORRERY_TRUSTED_PROXIES', '10.0.0.0/8,10.0.0.0/33', '"10.0.0.0/33"'],
    ['ORRERY_TRUSTED_PROXIES', 'proxy.example.org', '"proxy.example.org"'],
    ['ORRERY_MAX_HEAP_PERCENT', '101', 'a whole number from 0 to 100'],
    ['ORRERY_HEALTH_PORT', '-1', 'a whole number from 0 to 65535'],
    ['ORRERY_SERVICE_CONTACT_URL', 'mailto:nobody', 'an https: or mailto: URL'],
    ['ORRERY_SERVICE_DOCUMENTATION_URL', 'http://a.org', 'an https: URL'],
  ])('refuses %s=%s', (name, value, reason) => {
    const problems = problemsOf({ [name]: value });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} must`);
    expect(problems[0]).toContain(reason);
  });

  it('reports everything at once, lists and unknown variables included', () => {
    const problems = problemsOf({
      ORRERY_PROT: '80',
      ORRERY_PORT: 'x',
      ORRERY_FILE_CLAIMS: 'x',
      ORRERY_SHIM_IMAGE: undefined,
    });

    expect(problems.map((problem) => problem.split(' ', 1)[0])).toStrictEqual([
      'ORRERY_PROT',
      'ORRERY_PORT',
      'ORRERY_SHIM_IMAGE',
      'ORRERY_FILE_CLAIMS',
    ]);
  });

  it('lets variables of the tests and of the embedded environment be', () => {
    const foreign = {
      ORRERY_TEST_POSTGRES_URL: 'x',
      ORRERY_TEMPORAL_BINARY: 'x',
      ORRERY_LOCAL_DAEMON: 'x',
      ORRERY_DEMO_IMAGE: 'x',
      PATH: 'x',
    };

    expect(problemsOf(foreign)).toStrictEqual([]);
  });

  it('never repeats a secret in a problem', () => {
    const problems = problemsOf({ ORRERY_POSTGRES_URL: 'mysql://user:hunter2@db' });

    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('hunter2');
  });
});

describe('a secret in a file', () => {
  it('is read without the line break at its end', async () => {
    await withTempFolder((folder) => {
      const file = join(folder, 'url');
      writeFileSync(file, 'postgres://a@b/c\n');
      const env = { ...NEEDED, ORRERY_POSTGRES_URL: '', ORRERY_POSTGRES_URL_FILE: file };

      expect(loadConfig(env).postgres.url).toBe('postgres://a@b/c');
      return Promise.resolve();
    });
  });

  it('is refused beside the variable itself, when it cannot be read, and for settings without secrets', () => {
    const [both] = problemsOf({ ORRERY_POSTGRES_URL_FILE: '/x' });
    const [missing] = problemsOf({
      ORRERY_POSTGRES_URL: undefined,
      ORRERY_POSTGRES_URL_FILE: '/does/not/exist',
    });

    expect(both).toMatch(/both set/);
    expect(missing).toMatch(/"\/does\/not\/exist", which cannot be read \(ENOENT\)/);
    expect(problemsOf({ ORRERY_SHIM_IMAGE_FILE: '/x' })).toHaveLength(1);
  });
});
