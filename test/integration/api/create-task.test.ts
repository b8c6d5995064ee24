import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { EXECUTORS, openTestApi, type TestApi } from '../../support/api.ts';
import { AMPLE } from '../../support/store.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const full = async (id: string): Promise<Record<string, unknown>> => {
  const answer = await api.get(`/v1/tasks/${id}?view=FULL`);
  return answer.json();
};

describe('POST /tasks', () => {
  it('answers 200 with nothing but the id, a UUIDv7 in lower case', async () => {
    const answer = await api.post('/ga4gh/tes/v1/tasks', { executors: EXECUTORS });

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json()).toEqual({ id: expect.stringMatching(UUID_V7) });
  });

  it.each(['/ga4gh/tes/v1', '/v1', ''])(
    'works under %j, with and without a slash',
    async (base) => {
      const plain = await api.post(`${base}/tasks`, { executors: EXECUTORS });
      const slashed = await api.post(`${base}/tasks/`, { executors: EXECUTORS });

      expect([plain.statusCode, slashed.statusCode]).toEqual([200, 200]);
    },
  );

  it('shows the task to GET and LIST as soon as it has answered', async () => {
    const id = await api.create({ tags: { read: 'your-writes' } });

    const one = await api.get(`/v1/tasks/${id}`);
    const list = await api.get('/v1/tasks?tag_key=read&tag_value=your-writes');

    expect(one.json()).toEqual({ id, state: 'QUEUED' });
    expect(list.json()).toEqual({ tasks: [{ id, state: 'QUEUED' }] });
  });

  it('stores owner and group of the caller with the task', async () => {
    const id = await api.create();

    const rows = await api.store.rows('select owner, group_name from tasks where id = $1', [id]);

    expect(rows).toEqual([{ owner: 'anonymous', group_name: 'anonymous' }]);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data',
    'not a media type',
    '',
  ])('reads the body as JSON although the content type is %j', async (type) => {
    const answer = await api.post('/v1/tasks', { executors: EXECUTORS }, { 'content-type': type });

    expect(answer.statusCode).toBe(200);
  });

  it('reads a body that has no content type', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/tasks',
      payload: Buffer.from(JSON.stringify({ executors: EXECUTORS })),
    });

    expect(answer.statusCode).toBe(200);
  });

  it('reads a body with a byte order mark', async () => {
    const answer = await api.post('/v1/tasks', `\uFEFF${JSON.stringify({ executors: EXECUTORS })}`);

    expect(answer.statusCode).toBe(200);
  });

  it('takes null for whatever is optional, and drops null members of maps', async () => {
    const id = await api.create({
      name: null,
      inputs: null,
      outputs: null,
      resources: { cpu_cores: null, backend_parameters: { a: null } },
      volumes: null,
      tags: { workflow_id: 'w', parent_workflow_id: null },
      executors: [{ ...EXECUTORS[0], workdir: null, env: { A: 'b', C: null } }],
    });

    const task = await full(id);

    expect(task).toMatchObject({ tags: { workflow_id: 'w' }, executors: [{ env: { A: 'b' } }] });
    expect(task).not.toHaveProperty('name');
    expect(JSON.stringify(task)).not.toContain('null');
  });

  it('ignores id, state, logs and creation_time of the client', async () => {
    const sent = { id: 'mine', state: 'COMPLETE', logs: [{}], creation_time: 'long ago' };

    const id = await api.create(sent);

    const task = await full(id);
    expect(id).toMatch(UUID_V7);
    expect(task).toMatchObject({ id, state: 'QUEUED' });
    expect(task['creation_time']).not.toBe('long ago');
  });

  it('ignores unknown fields and never echoes them', async () => {
    const id = await api.create({ callback_url: 'https://example.org', extra: { deep: [1] } });

    const task = await full(id);

    expect(task).not.toHaveProperty('callback_url');
    expect(task).not.toHaveProperty('extra');
  });

  it('takes the lowerCamelCase names that the Funnel command line sends', async () => {
    const id = await api.create({
      resources: { cpuCores: 2, ramGb: 1.5 },
      executors: [{ ...EXECUTORS[0], ignoreError: true }],
    });

    expect(await full(id)).toMatchObject({
      resources: { cpu_cores: 2, ram_gb: 1.5 },
      executors: [{ ignore_error: true }],
    });
  });

  it('takes inline contents of well over 128 KiB, many of them', async () => {
    const inputs = Array.from({ length: 20 }, (_, index) => ({
      path: `/work/in-${index}`,
      content: `${index}`.repeat(300_000),
    }));

    const id = await api.create({ inputs });

    const task = await full(id);
    expect(task['inputs']).toEqual(inputs.map((input) => ({ ...input, type: 'FILE' })));
  });

  it('takes 200 inline contents of 150 kB in one body', async () => {
    const inputs = Array.from({ length: 200 }, (_, index) => ({
      path: `/work/in-${index}`,
      content: 'é'.repeat(75_000),
    }));

    const answer = await api.post('/v1/tasks', { executors: EXECUTORS, inputs });

    expect(answer.statusCode).toBe(200);
  });

  it('drops unknown backend parameters, and says so in the system logs', async () => {
    const id = await api.create({
      resources: { backend_parameters: { internal_path_prefix: '/x' } },
    });

    const task = await full(id);

    expect(task).not.toHaveProperty('resources.backend_parameters');
    expect(JSON.stringify(task['logs'])).toContain('internal_path_prefix');
  });

  it('refuses unknown backend parameters of a strict task', async () => {
    const resources = { backend_parameters: { gpu: 'a100' }, backend_parameters_strict: true };

    const answer = await api.post('/v1/tasks', { executors: EXECUTORS, resources });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'InvalidTask' });
  });

  it('lists every problem with its JSON pointer', async () => {
    const answer = await api.post('/v1/tasks', {
      executors: [{ image: 'demo', command: [] }],
      inputs: [{ path: 'relative', content: 'x' }],
    });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'InvalidTask',
      details: [
        { pointer: '/executors/0/command', message: expect.any(String) },
        { pointer: '/inputs/0/path', message: expect.any(String) },
      ],
    });
  });

  it('tells proTES, which replaces inputs by lists of URLs, what is wrong', async () => {
    const answer = await api.post('/v1/tasks', { executors: EXECUTORS, inputs: ['s3://b/k'] });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ details: [{ pointer: '/inputs/0' }] });
  });

  it('starts the workflow after the answer and marks it dispatched', async () => {
    const fresh = await openTestApi();
    const id = await fresh.create();

    await fresh.app.close();

    expect(fresh.launcher.started).toEqual([id]);
    expect((await fresh.store.outbox.claim(10, AMPLE)).claimed).toEqual([]);
    await fresh.store.close();
  });

  it('answers while Temporal does not', async () => {
    const fresh = await openTestApi();
    const release = fresh.launcher.hold();

    const answers = await Promise.all(Array.from({ length: 40 }, () => fresh.create()));

    expect(new Set(answers).size).toBe(40);
    expect(fresh.launcher.started).toEqual([]);
    release();
    await fresh.close();
  });

  it('leaves the task to the dispatcher when Temporal fails', async () => {
    const fresh = await openTestApi();
    fresh.launcher.failWith(new Error('no Temporal today'));

    const id = await fresh.create();

    await fresh.app.close();
    expect(await fresh.store.tasks.get('anonymous', id, 'MINIMAL')).toEqual({
      id,
      state: 'QUEUED',
    });
    expect(fresh.logged).toContainEqual(
      expect.objectContaining({ taskId: id, msg: 'left to the dispatcher' }),
    );
    await fresh.store.close();
  });
});
