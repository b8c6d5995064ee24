import { describe, expect, it } from '@jest/globals';

import { createTaskCreator } from '../../../src/store/create-task.ts';
import type { Pool } from '../../../src/store/pool.ts';
import { aNewTask } from '../../support/store.ts';

/** A pool whose every statement fails, and how many it was asked for. */
function aBrokenPool(code: string) {
  const asked: unknown[] = [];
  const query = (statement: unknown) => {
    asked.push(statement);
    return Promise.reject(Object.assign(new Error('no'), { code }));
  };
  return { asked, pool: { query } as unknown as Pick<Pool, 'query'> };
}

const createFour = async (pool: Pick<Pool, 'query'>): Promise<string[]> => {
  const create = createTaskCreator(pool);
  const tasks = Array.from({ length: 4 }, () => aNewTask());
  const outcomes = await Promise.allSettled(tasks.map(create));
  return outcomes.map(({ status }) => status);
};

/** Two begin at once, the other two wait and share a statement. */
const STATEMENTS = 3;

describe('tasks that are created together and fail', () => {
  it('are not stored again after a lost connection, because they may be stored already', async () => {
    const { asked, pool } = aBrokenPool('ECONNRESET');

    expect(new Set(await createFour(pool))).toEqual(new Set(['rejected']));
    expect(asked).toHaveLength(STATEMENTS);
  });

  it('are tried one by one when the statement was refused, because only one may be to blame', async () => {
    const { asked, pool } = aBrokenPool('23505');

    expect(new Set(await createFour(pool))).toEqual(new Set(['rejected']));
    expect(asked).toHaveLength(STATEMENTS + 2);
  });
});
