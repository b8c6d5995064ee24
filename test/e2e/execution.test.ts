/**
 * The execution suite: every sentence of docs/execution.md on a real server and real pods. Cases run several at once
 * (jest's maxConcurrency); those that would harm the others run alone, at the end.
 */
import { afterAll, describe, it } from '@jest/globals';

import { CHAPTERS } from '../execution/chapters.ts';
import { runCase } from '../execution/run-case.ts';
import { createSystems } from '../execution/systems.ts';

const CASE_MS = 600_000;

const systems = createSystems();
const cases = CHAPTERS.flatMap(({ title, cases: members }, chapter) =>
  members.map((one, index) => ({ ...one, title, folder: `${chapter}-${index}` })),
);

afterAll(() => systems.stop(), 120_000);

async function expectCase({ folder, ...one }: (typeof cases)[number]): Promise<void> {
  await runCase(one, { system: await systems.with(one.settings), folder });
}

describe.each(CHAPTERS)('$title', ({ title }) => {
  for (const one of cases.filter((each) => each.title === title && each.alone !== true)) {
    // eslint-disable-next-line jest/expect-expect -- the case expects
    it.concurrent(one.sentence, () => expectCase(one), CASE_MS);
  }
});

describe('alone', () => {
  for (const one of cases.filter(({ alone }) => alone === true)) {
    it(one.sentence, () => expectCase(one), CASE_MS);
  }
});
