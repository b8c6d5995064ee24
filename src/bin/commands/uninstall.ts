/** `orrery uninstall`: takes everything of the installation out of the cluster; the database stays. */
import { Command } from 'commander';

import { createPodList, createSecretGateway } from '../../kubernetes/own-objects.ts';
import { createPodGateway } from '../../kubernetes/pods.ts';
import { podName } from '../../tes/attempt.ts';
import {
  administer,
  byOption,
  dryRunOption,
  isMeant,
  type Mode,
  yesOption,
} from '../administer.ts';
import { compareEngines } from '../engine-identity.ts';
import type { Engines } from '../engines.ts';
import { expectNoController } from '../no-controller.ts';
import { openAttempts } from '../open-attempts.ts';
import { createTaskActivities } from '../task-activities.ts';

interface Options extends Mode {
  readonly evenOpen?: boolean;
  readonly by: string;
}

const REASON =
  'Orrery was uninstalled from the cluster while this attempt was open; nothing proves that its pod has ended.';

/** The command. */
export function uninstallCommand(): Command {
  return new Command('uninstall')
    .description(
      'Releases and deletes all pods and Secrets of this installation. Stop all roles before.',
    )
    .addOption(dryRunOption())
    .addOption(yesOption())
    .option('--even-open', 'also while tasks are open: those with a pod end as SYSTEM_ERROR')
    .addOption(byOption())
    .action(uninstall);
}

async function uninstall(options: Options): Promise<void> {
  const meant = isMeant(options);
  await administer(async (engines) => {
    await compareEngines(engines);
    const open = await engines.store.collector.countOpen();
    if (meant && open > 0 && options.evenOpen !== true) throw new Error(refusal(open));
    if (meant) await expectNoController(engines);
    const installation = await engines.store.installation.id();
    if (meant) await giveUp(engines, installation, options.by);
    await removePods(engines, installation, meant);
    await removeSecrets(engines, installation, meant);
    await tellRest(engines);
  });
}

function refusal(open: number): string {
  return `${open} tasks are open: cancel them and wait until they have ended, or give --even-open to end those that have a pod as SYSTEM_ERROR.`;
}

/** A pod that has ended is settled as what it did; the others become debts, so that nothing can ever run twice. */
async function giveUp(engines: Engines, installation: string, by: string): Promise<void> {
  const { settleAttempt } = createTaskActivities(engines, installation);
  for await (const { taskId, number } of openAttempts(engines)) {
    const attempt = { taskId, number };
    const { kind } = await settleAttempt(attempt);
    if (kind === 'done' || kind === 'next') continue;
    await engines.store.administration.makeDebt(attempt, { by, reason: REASON });
    console.log(
      `task ${taskId}: ended without proof that pod ${podName(attempt)} is dead; a debt.`,
    );
  }
}

async function removePods(engines: Engines, installation: string, meant: boolean): Promise<void> {
  const { namespace } = engines.config.kubernetes;
  const api = engines.kubernetes();
  const pods = createPodGateway(api, { ...engines.config.pods, namespace });
  for await (const page of createPodList(api, { namespace, installation }).pages()) {
    for (const { name, uid } of page) {
      if (meant) {
        await compareEngines(engines);
        await pods.delete(name, uid);
        await pods.release(name, uid);
      }
      console.log(`pod ${name} (uid ${uid}): ${meant ? '' : 'to be '}released and deleted.`);
    }
  }
}

async function removeSecrets(engines: Engines, installation: string, meant: boolean) {
  const { namespace } = engines.config.kubernetes;
  const secrets = createSecretGateway(engines.kubernetes(), { namespace, installation });
  const found = await secrets.list();
  if (found === undefined) {
    console.log('Secrets may not be listed here; Kubernetes deletes each with its pod.');
  }
  for (const secret of found ?? []) {
    if (meant) await secrets.delete(secret);
    console.log(`Secret ${secret.name}: ${meant ? '' : 'to be '}deleted.`);
  }
}

async function tellRest({ store }: Engines): Promise<void> {
  const open = await store.collector.countOpen();
  const debts = await store.administration.countDebts();
  console.log(
    `In the database ${open} tasks are open, which go on if Orrery is installed again, and ${debts} debts are left, which \`orrery write-off\` releases.`,
  );
}
