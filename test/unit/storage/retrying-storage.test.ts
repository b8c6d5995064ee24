import { describe, expect, it } from '@jest/globals';

import type { Storage } from '../../../src/storage/ports.ts';
import { withRetries } from '../../../src/storage/retrying-storage.ts';
import { StorageError, type StorageProblem } from '../../../src/storage/storage-error.ts';

/** A storage whose transfers fail with the given problems before they work. */
function failing(...problems: StorageProblem[]) {
  const calls: string[] = [];
  const attempt = (name: string): Promise<number> => {
    calls.push(name);
    const problem = problems.shift();
    return problem
      ? Promise.reject(new StorageError(problem, `${problem} trouble.`))
      : Promise.resolve(7);
  };
  const storage: Storage = {
    stat: async () => ({ kind: 'file', sizeBytes: await attempt('stat') }),
    list: () => {
      throw new Error('not listed here');
    },
    download: () => attempt('download'),
    upload: () => attempt('upload'),
  };
  const pauses: number[] = [];
  const pause = (ms: number) => Promise.resolve(pauses.push(ms));
  return { storage: withRetries(storage, { delays: [1, 2, 3], pause }), calls, pauses };
}

const at = { url: 'file:///a' };

describe('a transfer with retries', () => {
  it('is tried again after transient errors, with growing pauses', async () => {
    const { storage, calls, pauses } = failing('transient', 'transient');

    await expect(storage.upload('/source', at)).resolves.toBe(7);

    expect(calls).toEqual(['upload', 'upload', 'upload']);
    expect(pauses).toEqual([1, 2]);
  });

  it('ends with the last transient error when the tries are used up', async () => {
    const { storage, calls } = failing(...Array<StorageProblem>(9).fill('transient'));

    await expect(storage.download(at, '/target')).rejects.toMatchObject({ problem: 'transient' });

    expect(calls).toHaveLength(4);
  });

  it.each(['missing', 'refused', 'wrong-kind', 'failed'] as const)(
    'is not tried again when trying cannot help: %s',
    async (problem) => {
      const { storage, calls } = failing(problem);

      await expect(storage.stat(at)).rejects.toMatchObject({ problem });

      expect(calls).toEqual(['stat']);
    },
  );
});
