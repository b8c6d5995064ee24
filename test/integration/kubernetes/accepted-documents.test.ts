/** What POST accepts Kubernetes must accept: documents at their limits, as pods and Secrets for a real API server. */
import { randomBytes } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { buildTaskPod } from '../../../src/kubernetes/pod/build-task-pod.ts';
import { buildSpecSecrets } from '../../../src/kubernetes/pod/secrets.ts';
import { parseTask } from '../../../src/tes/parse-task.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { openTestCluster } from '../../support/cluster.ts';
import { aBody, RULES, validBody } from '../../support/task-bodies.ts';

const cluster = openTestCluster();
const UID = '11111111-1111-4111-8111-111111111111';

afterAll(() => cluster.close());

const many = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));
const executorWith = (more: object) =>
  aBody({ executors: [{ image: 'demo', command: ['a'], ...more }] });
const variables = (count: number, value: string) =>
  Object.fromEntries(many(count, (index) => [`V${index}`, value]));
const content = (bytes: number) => randomBytes(bytes / 2).toString('hex');

function documentOf(body: unknown): TaskDocument {
  const parsed = parseTask(body, RULES);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

/** Everything but the storing: admission and validation as for a real request. */
async function tryOnly(document: TaskDocument): Promise<void> {
  const plan = cluster.aPlan(document);
  const send = (path: string, body: unknown) =>
    cluster.api.json({
      method: 'POST',
      path: `${cluster.path}/${path}`,
      query: { dryRun: 'All' },
      body,
    });
  await send('pods', buildTaskPod(plan, cluster.settings));
  for (const secret of buildSpecSecrets(plan, cluster.settings, UID)) await send('secrets', secret);
}

describe('the API server', () => {
  it.each([
    ['32 executors', aBody({ executors: many(32, () => ({ image: 'demo', command: ['a'] })) })],
    [
      'odd names of variables',
      executorWith({ env: { 'a.b-c_d': '', '-x': '', '.': '', '..a': '' } }),
    ],
    ['a long name of a variable', executorWith({ env: { ['A'.repeat(130_000)]: '1' } })],
    [
      'values with every kind of character',
      executorWith({ env: { A: 'é💫\n\u0001\u2028$(B)$$' } }),
    ],
    ['1.8 MB of variables', executorWith({ env: variables(18, 'x'.repeat(100_000)) })],
    ['the longest argument', executorWith({ command: ['a', 'x'.repeat(131_071), '', '$(A)'] })],
    ['100,000 arguments', executorWith({ command: many(100_000, () => 'a') })],
    [
      'the longest path',
      aBody({ volumes: [`/v${`/${'x'.repeat(255)}`.repeat(15)}/${'y'.repeat(240)}`] }),
    ],
    ['the deepest path', aBody({ volumes: ['/a'.repeat(100)] })],
    [
      'paths of odd characters',
      aBody({
        volumes: [
          '/ü/💫',
          '/a b',
          '/a"b',
          '/a\\b',
          '/a$(b)',
          '/a\nb',
          '/a:b/c',
          '/a,b=c',
          '/..a',
          '/*',
        ],
      }),
    ],
    ['paths with colons in directories of images', aBody({ volumes: ['/usr/b:c', '/opt/a:b/c'] })],
    [
      'streams with odd names',
      executorWith({ stdin: '/in:x', stdout: '/o:u/t', stderr: '/dev/null' }),
    ],
    [
      'next to no resources',
      aBody({ resources: { cpu_cores: 5e-324, ram_gb: 0.004, disk_gb: 5e-324 } }),
    ],
    ['boundless resources', aBody({ resources: { cpu_cores: 1e6, ram_gb: 1e9, disk_gb: 1e9 } })],
    ['fractions', aBody({ resources: { cpu_cores: 0.1234567, ram_gb: 1.23456789, disk_gb: 3.3 } })],
    [
      'the longest image name',
      executorWith({ image: `a/${'b'.repeat(253)}:${'t'.repeat(128)}@sha512:${'a'.repeat(128)}` }),
    ],
    ['a registry by address', executorWith({ image: '[::1]:5000/a' })],
    ['a registry in capitals', executorWith({ image: 'FOO:1/bar' })],
    [
      'many inputs',
      aBody({ inputs: many(10_000, (one) => ({ path: `/in/${one}`, content: 'x' })) }),
    ],
    [
      'many outputs',
      aBody({ outputs: many(10_000, (one) => ({ path: `/o/${one}`, url: `/data/${one}` })) }),
    ],
    ['many tags and a long name', aBody({ name: 'é'.repeat(1000), tags: variables(5000, '$:/ü') })],
    [
      'several MiB of contents',
      aBody({ inputs: many(32, (one) => ({ path: `/in/${one}`, content: content(131_072) })) }),
    ],
  ])('accepts what POST accepts: %s', async (_title, body) => {
    await expect(tryOnly(documentOf(body))).resolves.toBeUndefined();
  });

  it('accepts whatever POST accepts', async () => {
    await fc.assert(
      fc.asyncProperty(validBody, async (body) => {
        await tryOnly(documentOf(body));
      }),
      { numRuns: 50 },
    );
  });
});

/** Each is as near to the limit of a pod as it gets; a dry run would not tell what the store takes. */
describe('the store of Kubernetes', () => {
  it.each([
    [
      '500 mounts of many executors',
      aBody({
        executors: many(18, () => ({ image: 'demo', command: ['a'] })),
        volumes: many(499, (one) => `/v${one}`),
      }),
    ],
    [
      'long mounts',
      aBody({ volumes: many(330, (one) => `/v${one}${`/${'p'.repeat(249)}`.repeat(4)}`) }),
    ],
    [
      'mounts whose names are escaped',
      aBody({ volumes: many(120, (one) => `/v${one}${`/${'<'.repeat(249)}`.repeat(4)}`) }),
    ],
  ])('takes the largest pod of %s', async (_title, body) => {
    const made = await cluster.pods.createGated(cluster.aPlan(documentOf(body)));

    expect(made.kind).toBe('created');
  });

  it('takes the Secrets of a body of 31 MiB', async () => {
    const inputs = many(240, (one) => ({ path: `/in/${one}`, content: content(131_072) }));
    const plan = cluster.aPlan(documentOf(aBody({ inputs })));
    const made = await cluster.pods.createGated(plan);
    if (made.kind === 'refused') throw new Error(made.message);

    await expect(cluster.pods.ensureSecrets(plan, made.pod.uid)).resolves.toEqual({
      kind: 'ready',
    });
  });
});
