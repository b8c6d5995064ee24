/** What the administrator's commands share. */
import { hostname, userInfo } from 'node:os';

import { Option } from 'commander';

import { loadConfig } from '../config/load.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createEngines, type Engines } from './engines.ts';

/** The two ways to run a command that changes something; one of them must be given. */
export interface Mode {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Runs an action with connections of its own. Commands speak in plain lines, so the log is silent. */
export async function administer(action: (engines: Engines) => Promise<void>): Promise<void> {
  const engines = createEngines(loadConfig(), createLogger({ level: 'silent', role: 'command' }));
  try {
    await action(engines);
  } finally {
    await engines.close();
  }
}

/** Prints what would be done. */
export function dryRunOption(): Option {
  return new Option('--dry-run', 'print what would be done, and do nothing').conflicts('yes');
}

/** Does it. */
export function yesOption(): Option {
  return new Option('--yes', 'do it');
}

/** True for `--yes`. Throws when neither was given. */
export function isMeant({ dryRun, yes }: Mode): boolean {
  if (dryRun !== true && yes !== true) {
    throw new Error('Say --dry-run to see what would be done, or --yes to do it.');
  }
  return yes === true;
}

/** Who decides, for the tasks' logs. */
export function byOption(): Option {
  return new Option('--by <name>', 'who decides, for the logs of tasks').default(whoAmI());
}

/** An account without a name has its number. */
function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}
