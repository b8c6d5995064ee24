import { describe, expect, it } from '@jest/globals';

import { createLedger, LISTED_BYTES } from '../../../src/transporter/ledger.ts';

const FILES = 500_000;

const anOutput = (index: number) => ({
  url: `file:///shared/results/part-${index}.txt`,
  path: `/out/part-${index}.txt`,
  sizeBytes: 2,
});

describe('the ledger of uploads', () => {
  it('lists what the report has room for and counts all, so that half a million outputs take little memory', () => {
    const ledger = createLedger(false);

    for (let index = 0; index < FILES; index++) ledger.add(anOutput(index));

    const { outputs, summary } = ledger.result();
    const listed = outputs.reduce((sum, one) => sum + JSON.stringify(one).length, 0);
    expect(summary).toEqual({ files: FILES, bytes: 2 * FILES });
    expect(listed).toBeLessThanOrEqual(LISTED_BYTES);
    expect(listed).toBeGreaterThan(LISTED_BYTES - 200);
  });

  it('has no summary of a list that is whole', () => {
    const ledger = createLedger(false);

    ledger.add(anOutput(2));
    ledger.add(anOutput(1));

    expect(ledger.result()).toEqual({ outputs: [anOutput(1), anOutput(2)], warnings: [] });
  });
});
