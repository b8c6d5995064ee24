/** Limits with real pods: how many are alive at once, whose they are, and what the others are told. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createPodWatch } from '../../src/kubernetes/list-watch.ts';
import { hasEnded } from '../../src/tes/proven-dead.ts';
import { aShellTask } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const TASKS = '/ga4gh/tes/v1/tasks';
const OWNERS = ['ada', 'bob'];

const as = (owner: string) => ({ 'x-forwarded-user': owner });

let system: System;
let stopCounting: () => Promise<void>;
const alive = new Set<string>();
let mostAlive = 0;

beforeAll(async () => {
  system = await startSystem({
    split: true,
    settings: { ORRERY_LIMIT_PODS: '2', ORRERY_AUTH: 'trusted-header' },
  });
  const { api, installation } = system.namespace;
  const watch = createPodWatch(
    api,
    { namespace: environment('TASK_NAMESPACE'), installation },
    { log: { warn: () => undefined } },
  );
  await watch.start({
    onPod: (pod) => {
      if (hasEnded(pod)) alive.delete(pod.uid);
      else alive.add(pod.uid);
      mostAlive = Math.max(mostAlive, alive.size);
    },
    onPodGone: (pod) => {
      alive.delete(pod.uid);
    },
    onNode: () => undefined,
    onNodeGone: () => undefined,
    onPodsListed: () => undefined,
    onNodesListed: () => undefined,
  });
  stopCounting = () => watch.stop();
}, 120_000);

afterAll(async () => {
  await stopCounting();
  await system.stop();
}, 60_000);

async function waitingOf(owner: string, id: string): Promise<string | undefined> {
  const { body } = await system.get(`${TASKS}/${id}?view=FULL`, as(owner));
  return body.logs?.[0]?.system_logs?.at(-1);
}

describe('a limit of two pods', () => {
  it('is never exceeded by six tasks of two owners, who both get on, and the others are told', async () => {
    const ids: { owner: string; id: string }[] = [];
    for (const owner of ['ada', 'ada', 'ada', 'ada', 'ada', 'bob']) {
      const id = await system.submit(aShellTask('sleep 2'), as(owner));
      ids.push({ owner, id });
    }

    const last = ids.filter(({ owner }) => owner === 'ada').at(-1)?.id ?? '';
    await system.until(
      async () => (await waitingOf('ada', last))?.startsWith('The task is held by limit:'),
      { what: 'the last task is told what holds it', withinMs: 30_000 },
    );
    expect(await waitingOf('ada', last)).toBe(
      'The task is held by limit: at most 2 pods may be alive at once.',
    );

    const ended = await Promise.all(
      ids.map(async ({ owner, id }) => {
        const task = await system.ends(id, 'COMPLETE', as(owner));
        return { owner, at: task.logs?.[0]?.end_time ?? '' };
      }),
    );
    expect(mostAlive).toBe(2);
    const order = ended.toSorted((a, b) => a.at.localeCompare(b.at)).map(({ owner }) => owner);
    expect(order.slice(0, 4)).toEqual(expect.arrayContaining(OWNERS));
    await expect(system.leftovers()).resolves.toEqual([]);
  }, 240_000);
});
