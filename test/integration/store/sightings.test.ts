import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Sighting } from '../../../src/store/ports.ts';
import {
  aNewTask,
  aRetry,
  aSettlement,
  openTestStore,
  type TestStore,
} from '../../support/store.ts';

describe('ProjectionStore', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  async function aTaskWithPod(): Promise<string> {
    const task = aNewTask();
    await store.tasks.create(task);
    await store.attempts.open(task.id);
    await store.attempts.recordUid(task.id, 1, `uid-${task.id}`);
    return task.id;
  }

  function aSighting(taskId: string, members: Partial<Sighting> = {}): Sighting {
    const at = new Date('2100-01-01T00:00:00.500Z');
    return { taskId, number: 1, uid: `uid-${taskId}`, state: 'INITIALIZING', at, ...members };
  }

  async function stateOf(id: string): Promise<string | undefined> {
    return (await store.tasks.get('ada', id, 'MINIMAL'))?.state;
  }

  it('shows the words of the scheduler while the task is QUEUED, and forgets them afterwards', async () => {
    const id = await aTaskWithPod();
    const reasonOf = async () => {
      const task = await store.tasks.get('ada', id, 'FULL');
      return task?.logs?.[0]?.system_logs;
    };
    const wait = { taskId: id, number: 1, uid: `uid-${id}`, reason: '0/1 nodes: no cpu' };

    expect(await reasonOf()).toEqual(['The task waits for Kubernetes to find a node for its pod.']);
    await store.projection.recordWaits([{ ...wait, uid: 'another pod', reason: 'none of ours' }]);
    await store.projection.recordWaits([wait]);
    expect(await reasonOf()).toEqual(['0/1 nodes: no cpu']);
    await store.projection.advance([aSighting(id)]);
    expect(await reasonOf()).toBeUndefined();
  });

  it('remembers each container that was seen OOMKilled once, of the recorded pod only', async () => {
    const id = await aTaskWithPod();
    const kill = { taskId: id, number: 1, uid: `uid-${id}`, container: 'executor-0' };

    await store.projection.recordOomKills([kill, kill, { ...kill, uid: 'another pod' }]);
    await store.projection.recordOomKills([{ ...kill, container: 'executor-1' }]);

    const found = await store.attempts.find(id, 1);
    expect(found?.attempt.oomKilled).toEqual(['executor-0', 'executor-1']);
  });

  it('dates no event before the one it follows, whatever the clocks of Kubernetes say', async () => {
    const id = await aTaskWithPod();
    const before = new Date('2020-01-01T00:00:00Z');
    await store.projection.advance([
      aSighting(id, { at: before }),
      aSighting(id, { state: 'RUNNING', at: before }),
    ]);
    const events = await store.rows(
      'select at from task_events where task_id = $1 order by number',
      [id],
    );
    const times = events.map(({ at }) => (at as Date).getTime());
    expect(times).toHaveLength(3);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('advances many tasks in one batch, each with the time that was seen', async () => {
    const [one, two] = [await aTaskWithPod(), await aTaskWithPod()];

    await store.projection.advance([
      aSighting(two, { state: 'RUNNING' }),
      aSighting(one),
      aSighting(one, { state: 'RUNNING', at: new Date('2100-01-01T00:00:02Z') }),
    ]);

    expect([await stateOf(one), await stateOf(two)]).toEqual(['RUNNING', 'RUNNING']);
    const events = await store.rows(
      'select number, to_state, at, actor from task_events where task_id = $1 and number > 1 order by number',
      [one],
    );
    expect(events).toEqual([
      {
        number: 2,
        to_state: 'INITIALIZING',
        at: new Date('2100-01-01T00:00:00.500Z'),
        actor: 'watcher',
      },
      { number: 3, to_state: 'RUNNING', at: new Date('2100-01-01T00:00:02Z'), actor: 'watcher' },
    ]);
  });

  it('records the node that was seen', async () => {
    const id = await aTaskWithPod();

    await store.projection.advance([aSighting(id, { node: { name: 'n1', uid: 'node-1' } })]);

    expect((await store.attempts.find(id, 1))?.attempt).toMatchObject({
      nodeName: 'n1',
      nodeUid: 'node-1',
    });
  });

  it('never goes back', async () => {
    const id = await aTaskWithPod();
    await store.projection.advance([aSighting(id, { state: 'RUNNING' })]);

    await store.projection.advance([aSighting(id)]);

    expect(await stateOf(id)).toBe('RUNNING');
  });

  it.each([
    ['another uid', { uid: 'stranger' }],
    ['another attempt', { number: 2 }],
    ['a task that is none', { taskId: 'nonsense' }],
  ])('drops %s and keeps the rest of the batch', async (_, strange) => {
    const [id, other] = [await aTaskWithPod(), await aTaskWithPod()];

    await store.projection.advance([aSighting(id, strange), aSighting(other)]);

    expect([await stateOf(id), await stateOf(other)]).toEqual(['QUEUED', 'INITIALIZING']);
  });

  it('drops what was seen of a settled attempt', async () => {
    const id = await aTaskWithPod();
    await store.attempts.settle(id, 1, aRetry());

    await store.projection.advance([aSighting(id, { state: 'RUNNING' })]);

    expect(await stateOf(id)).toBe('QUEUED');
  });

  it('leaves CANCELING and final tasks alone', async () => {
    const [canceling, done] = [await aTaskWithPod(), await aTaskWithPod()];
    await store.tasks.cancel('ada', canceling);
    await store.attempts.settle(done, 1, aSettlement());

    await store.projection.advance([aSighting(canceling), aSighting(done, { state: 'RUNNING' })]);

    expect([await stateOf(canceling), await stateOf(done)]).toEqual(['CANCELING', 'COMPLETE']);
  });

  it('does not block itself when two batches name the same tasks in different orders', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => aTaskWithPod()));
    const batch = ids.map((id) => aSighting(id));

    await Promise.all(
      [batch, batch.toReversed(), batch, batch.toReversed()].map((sightings) =>
        store.projection.advance(sightings),
      ),
    );

    expect(await Promise.all(ids.map(stateOf))).toEqual(ids.map(() => 'INITIALIZING'));
  });

  it('does nothing for an empty batch', async () => {
    await expect(store.projection.advance([])).resolves.toBeUndefined();
  });
});
