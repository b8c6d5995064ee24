import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { link, makeTree, readTree, withTempFolder } from '../../support/temp-folder.ts';

const REPOSITORY = resolve(fileURLToPath(import.meta.url), '../../../..');
const ENTRY = join(REPOSITORY, 'src/bin/transporter.ts');

/** Module names that a file loads when it runs; imports of types only are gone by then. */
async function importsOf(file: string): Promise<string[]> {
  const source = await readFile(file, 'utf8');
  const statements = source.matchAll(
    /^(?:import|export)\s(?!type\s)[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return Array.from(statements, ([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}

async function walkImports(entry: string): Promise<{ files: string[]; modules: string[] }> {
  const files = new Set([entry]);
  const modules = new Set<string>();
  for (const file of files) {
    for (const name of await importsOf(file)) {
      if (name.startsWith('.')) files.add(join(dirname(file), name));
      else modules.add(name);
    }
  }
  return { files: [...files], modules: [...modules] };
}

async function transport(stage: string, plan: string) {
  const child = spawn(process.execPath, [ENTRY, stage], { stdio: 'pipe' });
  child.stdin.end(plan);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { stdout, stderr, code };
}

describe('the imports of the transporter', () => {
  it('need nothing but Node: the image holds no packages', async () => {
    const { modules } = await walkImports(ENTRY);

    expect(modules).toContain('node:fs/promises');
    expect(modules.filter((name) => !name.startsWith('node:') || !isBuiltin(name))).toEqual([]);
  });

  it('stay in the folders that the image holds', async () => {
    const { files } = await walkImports(ENTRY);
    const folders = new Set(files.map((file) => dirname(relative(REPOSITORY, file))));

    expect(files.length).toBeGreaterThan(10);
    folders.delete('src/bin');
    for (const folder of folders) expect(folder).toMatch(/^src\/(transporter|storage|tes|errors)$/);
  });
});

describe('the process of the transporter', () => {
  it('takes a plan on stdin, answers on stdout and logs on stderr', () =>
    withTempFolder(async (folder) => {
      await makeTree(folder, { root: {}, claim: { in: 'hello' } });
      const [root, mount] = [join(folder, 'root'), join(folder, 'claim')];
      const input = {
        url: 'file:///x/in',
        path: '/in',
        type: 'FILE',
        claim: { mount, path: 'in' },
      };
      const output = {
        ...input,
        url: 'file:///x/out',
        pattern: false,
        claim: { mount, path: 'out' },
      };

      const fetched = await transport('inputs', JSON.stringify({ root, fetches: [input] }));
      const pushed = await transport(
        'outputs',
        JSON.stringify({ root, uploads: [output], bestEffort: false }),
      );

      expect(fetched).toEqual({
        code: 0,
        stdout: '{"files":1,"bytes":5}',
        stderr: 'fetched file:///x/in to /in (5 bytes)\n',
      });
      expect(pushed.code).toBe(0);
      expect(JSON.parse(pushed.stdout)).toEqual({
        outputs: [{ url: 'file:///x/out', path: '/in', sizeBytes: 5 }],
        warnings: [],
      });
      await expect(readTree(mount)).resolves.toEqual({ in: 'hello', out: 'hello' });
    }));

  it('ends with 0 and the failure in the result when it knows what is wrong', () =>
    withTempFolder(async (folder) => {
      await makeTree(folder, { root: {}, claim: { leak: link('/etc/passwd') } });
      const claim = { mount: join(folder, 'claim'), path: 'leak' };
      const fetches = [{ url: 'file:///x/leak', path: '/in', type: 'FILE', claim }];

      const { code, stdout } = await transport(
        'inputs',
        JSON.stringify({ root: join(folder, 'root'), fetches }),
      );

      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ failure: { code: 'PathRefused' } });
    }));

  it.each([
    ['inputs', '{"root":"/x"}', 'The plan on stdin must have a root and a list of fetches.'],
    ['outputs', '{"fetches":[]}', 'The plan on stdin must have a root and a list of uploads.'],
    ['neither', '{}', 'The first argument must be "inputs" or "outputs".'],
  ])('ends with 1 and one sentence, without a result: %s %s', async (stage, plan, sentence) => {
    await expect(transport(stage, plan)).resolves.toEqual({
      code: 1,
      stdout: '',
      stderr: `${sentence}\n`,
    });
  });
});
