/** The workflow code as one bundle, which takes seconds of CPU to make: it is made once for the same sources. */
import { createHash, randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, Runtime } from '@temporalio/worker';

import { WORKFLOWS_PATH } from './workflows-path.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Where build tools keep what can be made anew; removed with the packages. */
const KEPT_IN = path.join(ROOT, 'node_modules', '.cache', 'orrery');
/** All that workflows may import of ours. */
const SOURCES = '{workflows,src/tes}/**/*.ts';

/** The bundle of today's sources: as kept by an earlier start, else made now and kept, if the folder can be written. */
export async function loadWorkflowBundle(): Promise<{ readonly code: string }> {
  const file = path.join(KEPT_IN, `workflows-${await hashSources()}.js`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { code: kept };
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    logger: Runtime.instance().logger,
  });
  // A read-only installation makes its bundle at each start.
  await keep(file, code).catch(() => undefined);
  return { code };
}

async function hashSources(): Promise<string> {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as {
    version: string;
  };
  const hash = createHash('sha256').update(version);
  for (const file of globSync(SOURCES, { cwd: ROOT }).sort()) {
    hash.update(`\0${file}\0`).update(await readFile(path.join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

/** Under its name at once or not at all, however many processes start together. */
async function keep(file: string, code: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, code, { flush: true });
  await rename(unfinished, file);
}
