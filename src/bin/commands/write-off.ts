/** `orrery write-off`: an administrator vouches for the death of a task's pods. */
import { Command } from 'commander';

import { createPodGateway } from '../../kubernetes/pods.ts';
import type { Debt } from '../../store/collect-ports.ts';
import { podName } from '../../tes/attempt.ts';
import { administer, byOption } from '../administer.ts';
import { compareEngines } from '../engine-identity.ts';
import type { Engines } from '../engines.ts';

const REASON = 'It is not proven that the pod of this attempt is dead; the debt was written off.';

/** The command. */
export function writeOffCommand(): Command {
  return new Command('write-off')
    .description(
      'Releases the debt of a task without proof that its pod is dead; make sure that it is.',
    )
    .argument('<task id>')
    .addOption(byOption())
    .action(writeOff);
}

async function writeOff(taskId: string, { by }: { by: string }): Promise<void> {
  await administer(async (engines) => {
    await compareEngines(engines);
    const debts = await engines.store.administration.writeOff(taskId, { by, reason: REASON });
    if (debts === undefined) {
      throw new Error(`There is no task ${taskId}; give the id of a task of this database.`);
    }
    if (debts.length === 0) {
      throw new Error(
        `Task ${taskId} has no debt; only an attempt that was settled without proof of death can be written off, and an open task is cancelled first.`,
      );
    }
    for (const debt of debts) await release(engines, debt);
  });
}

async function release({ config, kubernetes }: Engines, debt: Debt): Promise<void> {
  const { namespace } = config.kubernetes;
  const pods = createPodGateway(kubernetes(), { ...config.pods, namespace });
  const name = podName(debt);
  await pods.delete(name, debt.podUid);
  await pods.release(name, debt.podUid);
  console.log(
    `Attempt ${debt.number} of task ${debt.taskId} is written off; pod ${name} (uid ${debt.podUid}) is deleted and released, if it was there.`,
  );
}
