import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Task, TaskLog } from '../../../src/tes/task.ts';
import { official, type OfficialSchema } from '../../contract/official-schemas.ts';
import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';
import { aRetry, aSettlement } from '../../support/store.ts';

const BODY = {
  name: 'strict',
  executors: [
    { ...EXECUTORS[0], env: { A: 'b' } },
    { ...EXECUTORS[0], ignore_error: true },
  ],
  inputs: [{ path: '/in/a', content: 'x' }],
  outputs: [{ path: '/out/a', url: '/data/a' }],
  resources: { cpu_cores: 1.5, ram_gb: 0.5, backend_parameters: { unknown: 'x' } },
  tags: { run: '1' },
};

const LOST: TaskLog = { logs: [], outputs: [], system_logs: ['The node was lost.'] };
const DONE: TaskLog = {
  start_time: '2026-11-21T03:29:53.483Z',
  end_time: '2026-11-21T03:30:53.483Z',
  logs: [{ exit_code: 0, stdout: 'a' }, { exit_code: 3 }],
  outputs: [{ url: 'file:///data/a', path: '/out/a', size_bytes: '5368709120' }],
  system_logs: ['Done.'],
  metadata: { node: 'n' },
};

let api: TestApi;
const ids: Record<string, string> = {};
beforeAll(async () => {
  api = await openTestApi();
  const { attempts } = api.store;
  ids['queued'] = await api.create(BODY);
  ids['canceled'] = await api.create(BODY);
  await api.post(`/v1/tasks/${ids['canceled']}:cancel`);
  ids['retried'] = await api.create(BODY);
  await attempts.open(ids['retried']);
  await attempts.settle(ids['retried'], 1, aRetry({ log: LOST }));
  ids['complete'] = await api.create(BODY);
  await attempts.open(ids['complete']);
  await attempts.settle(ids['complete'], 1, aRetry({ log: LOST }));
  await attempts.open(ids['complete']);
  await attempts.settle(ids['complete'], 2, aSettlement({ log: DONE }));
});
afterAll(() => api.close());

const show = async (name: string, view: string): Promise<Task> => {
  const answer = await api.get(`/v1/tasks/${ids[name]}?view=${view}`);
  return answer.json();
};

/** Where a value has a member that the official schema has not, or something that strict readers cannot read. */
function faultsOf(value: unknown, schema: OfficialSchema | undefined, place: string): string[] {
  if (schema === undefined) return [`${place} is not in the specification`];
  if (value === null) return [`${place} is null`];
  if (value === '' && place.endsWith('_time')) return [`${place} is empty`];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => faultsOf(item, schema.items, `${place}[${index}]`));
  }
  if (typeof value !== 'object') {
    const type = schema.type === 'integer' ? 'number' : schema.type;
    return typeof value === type ? [] : [`${place} is no ${schema.type}`];
  }
  return Object.entries(value).flatMap(([name, member]) =>
    faultsOf(member, schema.properties?.[name] ?? schema.additionalProperties, `${place}.${name}`),
  );
}

const NAMES = ['queued', 'canceled', 'retried', 'complete'];
const VIEWS = ['MINIMAL', 'BASIC', 'FULL'];

describe('a strict client', () => {
  it.each(NAMES.flatMap((name) => VIEWS.map((view) => [name, view] as const)))(
    'finds nothing beyond the specification, no null and no empty time in a %s task in %s',
    async (name, view) => {
      expect(faultsOf(await show(name, view), official('tesTask'), 'task')).toEqual([]);
    },
  );

  it.each(VIEWS)('finds nothing beyond the specification in a list in %s', async (view) => {
    const answer = await api.get(`/v1/tasks?view=${view}&page_size=2`);

    expect(faultsOf(answer.json(), official('tesListTasksResponse'), 'list')).toEqual([]);
    expect(answer.json()).toHaveProperty('next_page_token');
  });

  it('finds nothing beyond the specification in service-info', async () => {
    const answer = await api.get('/v1/service-info');

    expect(faultsOf(answer.json(), official('tesServiceInfo'), 'info')).toEqual([]);
  });

  it('finds executors in BASIC and FULL, and the type of every input and output', async () => {
    for (const view of ['BASIC', 'FULL']) {
      expect(await show('queued', view)).toMatchObject({
        executors: [{}, {}],
        inputs: [{ type: 'FILE' }],
        outputs: [{ type: 'FILE' }],
      });
    }
  });

  it('finds optional members only where the client has sent them', async () => {
    const { executors, outputs, resources } = await show('queued', 'FULL');

    expect(executors?.[0]).not.toHaveProperty('ignore_error');
    expect(outputs?.[0]).not.toHaveProperty('path_prefix');
    expect(resources).toEqual({ cpu_cores: 2, ram_gb: 0.5 });
  });

  it('finds logs and outputs in every entry, and an integer exit code in every executor log', async () => {
    for (const name of NAMES) {
      for (const entry of (await show(name, 'FULL')).logs ?? []) {
        expect(entry).toMatchObject({ logs: expect.any(Array), outputs: expect.any(Array) });
        expect(entry.logs.every((log) => Number.isInteger(log.exit_code))).toBe(true);
      }
    }
  });

  it('finds one entry for each attempt, the earlier ones complete, the last with all exit codes', async () => {
    const waiting = await show('retried', 'FULL');
    const complete = await show('complete', 'FULL');

    expect(waiting).toMatchObject({ state: 'QUEUED', logs: [LOST] });
    expect(complete).toMatchObject({ state: 'COMPLETE', logs: [LOST, DONE] });
    expect(complete.logs?.at(-1)?.logs.map((log) => log.exit_code)).toEqual([0, 3]);
  });

  it('finds sizes beyond 2 GiB as decimal texts, and times in RFC 3339 with a zone', async () => {
    const task = await show('complete', 'BASIC');

    expect(task.logs?.at(-1)?.outputs[0]?.size_bytes).toBe('5368709120');
    expect(task.creation_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});
