/**
 * The execution suite: every sentence of docs/execution.md on a real server and real pods. Cases run several at once
 * (jest's maxConcurrency); those that would harm the others run alone, after them. Policies, kubelet and processes of the
 * node are in reach on the private cluster only: a cluster that somebody named is spared.
 */
import { afterAll, beforeAll, describe, it } from '@jest/globals';

import type { ExecutionCase } from '../execution/case.ts';
import { startRegistries } from '../execution/cases/ends-of-images.ts';
import { CHAPTERS } from '../execution/chapters.ts';
import { runCase } from '../execution/run-case.ts';
import { installSabotage } from '../execution/sabotage.ts';
import { createSystems } from '../execution/systems.ts';
import { openTaskNamespace, type TaskNamespace } from '../support/task-namespace.ts';
import { namedContext } from '../support/test-environment.ts';

/** A bound against hanging: each wait of a case has its own. */
const CASE_MS = 600_000;

interface Placed {
  readonly title: string;
  readonly folder: string;
  readonly one: ExecutionCase;
}

const systems = createSystems();
const placed: readonly Placed[] = CHAPTERS.flatMap(({ title, cases }, chapter) =>
  cases.map((one, index) => ({
    title: `${title}: ${one.sentence}`,
    folder: `${chapter}-${index}`,
    one,
  })),
);
const together = placed.filter(({ one }) => one.alone !== true);
const alone = placed.filter(({ one }) => one.alone === true);

const describeHere = namedContext() === undefined ? describe : describe.skip;

let cluster: TaskNamespace | undefined;
let removeSabotage: (() => Promise<void>) | undefined;

beforeAll(async () => {
  if (namedContext() !== undefined) return;
  cluster = openTaskNamespace('nobody');
  await startRegistries();
  removeSabotage = await installSabotage(cluster.api);
}, 120_000);

afterAll(async () => {
  await systems.stop();
  await removeSabotage?.();
  cluster?.close();
}, 120_000);

async function expectCase({ one, folder }: Placed): Promise<void> {
  await runCase(one, { system: await systems.with(one.settings), folder });
}

describeHere('several at once', () => {
  for (const each of together) {
    // eslint-disable-next-line jest/valid-title -- the sentence of the case
    it.concurrent(each.title, () => expectCase(each), CASE_MS);
  }
});

describeHere('alone', () => {
  for (const each of alone) {
    // eslint-disable-next-line jest/valid-title -- the sentence of the case
    it(each.title, () => expectCase(each), CASE_MS);
  }
});
