import { describe, expect, it } from '@jest/globals';

import { createRecognition } from '../../../src/kubernetes/recognition.ts';

/** A check whose runs the test ends itself. */
function aCheck() {
  const runs: PromiseWithResolvers<undefined>[] = [];
  const recognition = createRecognition(async () => {
    const run = Promise.withResolvers<undefined>();
    runs.push(run);
    await run.promise;
  });
  return { runs, recognition };
}

const turn = () => new Promise(setImmediate);

describe('a recognition', () => {
  it('is shared by all who ask while one runs, but begins after they asked', async () => {
    const { runs, recognition } = aCheck();
    const first = recognition.anew();
    const late = Promise.all([recognition.anew(), recognition.anew()]);

    runs[0]?.resolve(undefined);
    await first;
    await turn();
    expect(runs).toHaveLength(2);

    runs[1]?.resolve(undefined);
    await late;
    expect(runs).toHaveLength(2);
  });

  it('that fails is refused to its askers alone, and the next one is made anew', async () => {
    const { runs, recognition } = aCheck();
    const first = recognition.anew();
    const late = recognition.anew();

    runs[0]?.reject(new Error('another cluster'));
    await expect(first).rejects.toThrow('another cluster');
    await turn();
    runs[1]?.resolve(undefined);
    await expect(late).resolves.toBeUndefined();
  });

  it('of late is good enough for who asks for no more, unless it failed', async () => {
    const { runs, recognition } = aCheck();
    const failed = recognition.lately();
    runs[0]?.reject(new Error('another cluster'));
    await expect(failed).rejects.toThrow('another cluster');

    const good = recognition.lately();
    runs[1]?.resolve(undefined);
    await good;
    await recognition.lately();
    expect(runs).toHaveLength(2);
  });
});
