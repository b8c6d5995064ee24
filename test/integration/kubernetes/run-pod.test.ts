/** Pods that really run, with the real shim and transporter. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { openTestCluster } from '../../support/cluster.ts';

const cluster = openTestCluster();
const { pods } = cluster;
const MINUTE = 60_000;

const folders: string[] = [];

afterAll(async () => {
  await cluster.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(cluster.files, 'run-pod-'));
  folders.push(folder);
  return folder;
}

const sh = (script: string) => cluster.anExecutor({ command: ['sh', '-c', script] });

describe('a pod that ran', () => {
  it(
    'hands over what its commands said',
    async () => {
      const pod = await cluster.run({
        executors: [sh('echo out; echo err >&2; exit 3')],
      });

      const report = await pods.readReport(pod.name);
      expect(pod.phase).toBe('Succeeded');
      expect(report).toMatchObject({
        version: 1,
        complete: true,
        executors: [{ index: 0, exitCode: 3, stdout: 'out\n', stderr: 'err\n' }],
      });
    },
    MINUTE,
  );

  it(
    'ran hostile words as they were written',
    async () => {
      const words = [
        '$(HOME)',
        '$$',
        '$',
        '"quoted" \'too\'',
        ' spaced\nlines ',
        '',
        '⛵',
        '`id`;',
      ];
      const pod = await cluster.run({
        executors: [
          cluster.anExecutor({
            command: ['sh', '-c', 'printf "<%s>" "$@" "$WORD"', ...words],
            env: { WORD: '$(PATH) $$(PATH) $$', 'odd.name': 'x' },
          }),
        ],
        name: '"},"spec":{"hostNetwork":true}',
        tags: { 'orrery.dev/installation': 'somebody' },
      });

      const report = await pods.readReport(pod.name);
      const said = [...words.slice(1), '$(PATH) $$(PATH) $$'];
      expect(report?.executors[0]?.stdout).toBe(said.map((word) => `<${word}>`).join(''));
      expect((await cluster.raw(pod.name)).spec?.hostNetwork).toBeUndefined();
      expect(pod.labels['orrery.dev/installation']).toBe(cluster.installation);
    },
    MINUTE,
  );

  it(
    'shared mounts, carried lone files, and uploaded them',
    async () => {
      const folder = await aFolder();
      const pod = await cluster.run({
        executors: [
          sh(
            'cat /etc/greeting > /shared/a; echo lone > /result; mkdir -p /deep; echo x > /deep/er',
          ),
          sh('cat /shared/a /result; rm -rf /.orrery/records/executor-0'),
        ],
        inputs: [{ path: '/etc/greeting', content: 'hello\n', type: 'FILE' }],
        outputs: [
          { path: '/result', url: join(folder, 'result'), type: 'FILE' },
          { path: '/deep/er', url: `file://${folder}/new/deeper`, type: 'FILE' },
          { path: '/shared', url: join(folder, 'shared'), type: 'DIRECTORY' },
        ],
        volumes: ['/shared'],
      });

      const report = await pods.readReport(pod.name);
      expect(report).toMatchObject({
        complete: true,
        executors: [{ exitCode: 0 }, { stdout: 'hello\nlone\n' }],
      });
      expect(report?.failure).toBeUndefined();
      const files = ['result', 'new/deeper', 'shared/a'].map((name) =>
        readFile(join(folder, name), 'utf8'),
      );
      expect(await Promise.all(files)).toEqual(['lone\n', 'x\n', 'hello\n']);
    },
    MINUTE,
  );

  it(
    'found the directory of a lone output there',
    async () => {
      const folder = await aFolder();
      const pod = await cluster.run({
        executors: [sh('echo x > /outputs/of/mine')],
        outputs: [{ path: '/outputs/of/mine', url: join(folder, 'mine'), type: 'FILE' }],
      });

      const report = await pods.readReport(pod.name);

      expect(report).toMatchObject({ executors: [{ exitCode: 0 }], complete: true });
      expect(await readFile(join(folder, 'mine'), 'utf8')).toBe('x\n');
    },
    MINUTE,
  );

  it('cannot be read before it reported', async () => {
    const made = await pods.createGated(cluster.aPlan());
    if (made.kind === 'refused') throw new Error(made.message);

    expect(await pods.readReport(made.pod.name)).toBeUndefined();
    expect(await pods.readReport('orrery-nobody-1')).toBeUndefined();
  });

  it(
    'reports the longest tails whole',
    async () => {
      const loud = sh('yes 0123456789abcdefghijklmnopqrstuvwxyz | head -c 300000');
      const pod = await cluster.run({ executors: Array.from({ length: 3 }, () => loud) });

      const report = await pods.readReport(pod.name);

      expect(report?.executors.map(({ stdoutBytes }) => stdoutBytes)).toEqual(
        Array(3).fill(300_000),
      );
      expect(report?.executors.every(({ stdout = '' }) => stdout.length > 65_000)).toBe(true);
    },
    MINUTE,
  );
});
