/** The program `orrery` as an administrator runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { environment, namedContext } from './test-environment.ts';

/** What came of a command. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = join(import.meta.dirname, '../..');

/** Runs a command on a database in the test environment; `settings` replace those of the environment. */
export async function runOrrery(
  databaseUrl: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const context = namedContext();
  const child = spawn(process.execPath, [join(ROOT, 'src/bin/orrery.ts'), ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      ORRERY_POSTGRES_URL: databaseUrl,
      ORRERY_TEMPORAL_ADDRESS: environment('TEMPORAL_ADDRESS'),
      ORRERY_KUBECONFIG: environment('KUBECONFIG'),
      ...(context !== undefined && { ORRERY_KUBERNETES_CONTEXT: context }),
      ORRERY_TASK_NAMESPACE: environment('TASK_NAMESPACE'),
      ORRERY_SHIM_IMAGE: environment('SHIM_IMAGE'),
      ORRERY_TRANSPORTER_IMAGE: environment('TRANSPORTER_IMAGE'),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, stdout, stderr };
}
