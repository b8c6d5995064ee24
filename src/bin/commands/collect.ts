/** `orrery collect`: what the collector would do, and doing it beyond its stop. */
import { Command } from 'commander';
import pLimit from 'p-limit';

import type { CollectorPorts } from '../../controller/collector-ports.ts';
import { collectOnce, limitOf } from '../../controller/collector-round.ts';
import { survey } from '../../controller/collector-survey.ts';
import { describeFinding, isActionable } from '../../controller/finding.ts';
import { administer, dryRunOption, isMeant, type Mode, yesOption } from '../administer.ts';
import { wireCollector } from '../collector-wiring.ts';

const PAGE = 1_000;
const IN_FLIGHT = 16;

/** Several controllers do no harm, so that a human needs no lease. */
const NO_FENCE = { check: () => Promise.resolve() };

/** The command. */
export function collectCommand(): Command {
  return new Command('collect')
    .description(
      'Deletes pods that nobody needs, releases proven debts, ends tasks whose workflow is closed.',
    )
    .addOption(dryRunOption())
    .addOption(yesOption())
    .action(collect);
}

async function collect(mode: Mode): Promise<void> {
  const meant = isMeant(mode);
  await administer(async (engines) => {
    const installation = await engines.store.installation.id();
    const ports = wireCollector(engines, { installation, fence: NO_FENCE });
    await (meant ? collectAll(ports) : foresee(ports));
  });
}

async function foresee(ports: CollectorPorts): Promise<void> {
  await ports.recognise();
  let touched = 0;
  for await (const finding of survey(ports, closedTasks(ports))) {
    if (isActionable(finding)) touched += 1;
    console.log(describeFinding(finding));
  }
  const limit = await limitOf(ports);
  const who =
    touched > limit
      ? 'The collector stops at that; `orrery collect --yes` does it.'
      : 'The collector does it by itself.';
  console.log(`${touched} to do, ${limit} allowed at once. ${touched === 0 ? '' : who}`.trim());
}

async function collectAll(ports: CollectorPorts): Promise<void> {
  const { touched } = await collectOnce(ports, {
    suspects: closedTasks(ports),
    beyondStop: true,
    onOutcome: (finding, outcome) => {
      console.log(`${outcome}: ${describeFinding(finding)}`);
    },
  });
  console.log(`${touched} looked after. What is only begun goes on with the collector.`);
}

/** The collector is told of closed workflows by the dispatcher, in turn; a command has to ask for each. */
async function* closedTasks({ rows, workflows }: CollectorPorts): AsyncGenerator<string> {
  const limit = pLimit(IN_FLIGHT);
  for (let after, page; page === undefined || page.length === PAGE; after = page.at(-1)) {
    page = await rows.listDispatched(after, PAGE);
    const sights = await limit.map(page, (taskId) => workflows.describe(taskId));
    yield* page.filter((_, index) => sights[index] === 'closed');
  }
}
