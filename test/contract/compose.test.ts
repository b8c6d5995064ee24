import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

/** The first run on a machine compiles the parser. */
const COMPILE_MS = 180_000;

/** Build target by service, as the parser of `docker compose` reads the file. */
async function readServices(): Promise<Map<string, string>> {
  const { stdout } = await promisify(execFile)(
    'go',
    ['run', '.', join(ROOT, 'docker-compose.yml')],
    {
      cwd: join(ROOT, 'deploy/compose'),
    },
  );
  const lines = stdout.trimEnd().split('\n');
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

/** The stages that a `--target` may name. */
function stagesOf(dockerfile: string): string[] {
  return Array.from(dockerfile.matchAll(/^FROM\s+\S+\s+AS\s+(\S+)/gim), ([, name]) => name ?? '');
}

describe('docker-compose.yml', () => {
  let services: Map<string, string>;

  beforeAll(async () => {
    services = await readServices();
  }, COMPILE_MS);

  it('describes the three roles, both engines of ours and the images of the task pods', () => {
    expect([...services.keys()].sort()).toEqual([
      'api',
      'controller',
      'postgres',
      'shim',
      'temporal',
      'transporter',
      'worker',
    ]);
  });

  it('builds every service from a target that deploy/Dockerfile has', () => {
    const stages = stagesOf(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8'));

    expect(stages).toEqual(expect.arrayContaining([...services.values()]));
  });

  it('runs the three roles from one image', () => {
    const targets = ['api', 'worker', 'controller'].map((role) => services.get(role));

    expect(targets).toEqual(['orrery', 'orrery', 'orrery']);
  });
});
