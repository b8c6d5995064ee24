/** `orrery identity rebind`: moves an installation to another Temporal namespace or another cluster. */
import { Command } from 'commander';

import type { Identities } from '../../store/collect-ports.ts';
import { podName } from '../../tes/attempt.ts';
import {
  administer,
  byOption,
  dryRunOption,
  isMeant,
  type Mode,
  yesOption,
} from '../administer.ts';
import { askEngines } from '../engine-identity.ts';
import type { Engines } from '../engines.ts';
import { expectNoController } from '../no-controller.ts';
import { openAttempts } from '../open-attempts.ts';

interface Options extends Mode {
  readonly debts?: boolean;
  readonly by: string;
}

const REASON =
  'The installation was moved to other engines while this attempt was open; nothing proves that its pod has ended.';

/** The command and its one subcommand. */
export function identityCommand(): Command {
  return new Command('identity')
    .description('Which Temporal namespace and which cluster the database belongs to.')
    .addCommand(
      new Command('rebind')
        .description(
          'Ties the database to the engines that the settings name now. Stop all roles before.',
        )
        .addOption(dryRunOption())
        .addOption(yesOption())
        .option('--debts', 'end tasks with open attempts as SYSTEM_ERROR, without proof of death')
        .addOption(byOption())
        .action(rebind),
    );
}

async function rebind(options: Options): Promise<void> {
  const meant = isMeant(options);
  await administer(async (engines) => {
    const actual = await askEngines(engines);
    if (!tell(await engines.store.administration.identities(), actual)) return;

    const open = await print(engines);
    if (!meant) return;
    await expectNoController(engines);
    if (open > 0 && options.debts !== true) throw new Error(refusal(open));
    for await (const attempt of openAttempts(engines)) {
      await engines.store.administration.makeDebt(attempt, { by: options.by, reason: REASON });
    }
    if (!(await engines.store.administration.rebind(actual))) {
      throw new Error('Attempts were opened meanwhile; stop all roles and repeat the command.');
    }
    console.log('The database belongs to these engines now.');
  });
}

/** Prints what changes; false when nothing does. */
function tell(stored: Identities, actual: Required<Identities>): boolean {
  if (stored.temporalNamespace === undefined || stored.taskNamespace === undefined) {
    throw new Error(
      'This database has not met Temporal and a cluster yet, so there is nothing to move; correct ORRERY_POSTGRES_URL, or start `orrery serve`.',
    );
  }
  const lines = [
    lineOf("Temporal's namespace", stored.temporalNamespace, actual.temporalNamespace),
    lineOf('the task namespace', stored.taskNamespace, actual.taskNamespace),
  ];
  for (const line of lines) console.log(line.text);
  return lines.some(({ changes }) => changes);
}

function lineOf(what: string, stored: string, actual: string) {
  const changes = stored !== actual;
  return {
    changes,
    text: changes ? `${what}: ${stored} → ${actual}` : `${what}: ${actual}, as it was`,
  };
}

async function print(engines: Engines): Promise<number> {
  let open = 0;
  for await (const attempt of openAttempts(engines)) {
    open += 1;
    console.log(`open attempt: pod ${podName(attempt)} (uid ${attempt.uid})`);
  }
  return open;
}

function refusal(open: number): string {
  return `${open} attempts are open: start Orrery with the old settings and let their tasks end, or give --debts to end them as SYSTEM_ERROR without proof that their pods are dead.`;
}
