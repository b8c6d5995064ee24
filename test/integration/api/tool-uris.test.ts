import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TransientError } from '../../../src/errors/tes-error.ts';
import type { Task } from '../../../src/tes/task.ts';
import type { ToolRegistry } from '../../../src/trs/tool-registry.ts';
import { openTestApi, type TestApi } from '../../support/api.ts';
import { PLAIN_RULES } from '../../support/plain-rules.ts';
import { RULES } from '../../support/task-bodies.ts';

const URI = 'trs://tools.example.org/samtools/1.9';

const tools: ToolRegistry = {
  imageOf: ({ id }) => {
    if (id === 'down') return Promise.reject(new TransientError('The tool registry is down.'));
    if (id === 'gone') return Promise.resolve({ fault: 'does not exist at tools.example.org' });
    return Promise.resolve({ image: id === 'evil' ? 'evil.org/x' : 'quay.io/team/samtools:1.9' });
  },
};

let api: TestApi;
beforeAll(async () => {
  const images = {
    ...PLAIN_RULES.images,
    allowed: ['quay.io/**'],
    toolHosts: ['tools.example.org'],
  };
  api = await openTestApi({ deps: { tools }, settings: { taskRules: { ...RULES, images } } });
});
afterAll(() => api.close());

const post = (...images: string[]) =>
  api.post('/v1/tasks', { executors: images.map((image) => ({ image, command: ['true'] })) });

describe('an executor whose image is a tool URI', () => {
  it('gets the image that the registry names, and a line says so', async () => {
    const { id } = (await post('quay.io/a', URI)).json<{ id: string }>();

    const task = (await api.get(`/v1/tasks/${id}?view=FULL`)).json<Task>();

    expect(task.executors?.map(({ image }) => image)).toEqual([
      'quay.io/a',
      'quay.io/team/samtools:1.9',
    ]);
    expect(JSON.stringify(task.logs)).toContain(
      'The image of executor 1, \\"trs://tools.example.org/samtools/1.9\\", is quay.io/team/samtools:1.9.',
    );
  });

  it.each([
    ['trs://other.example.org/a/1', /"other.example.org", which is not allowed/],
    ['trs://tools.example.org/gone/1', /does not exist at tools.example.org/],
    [
      'trs://tools.example.org/evil/1',
      /stands for an image that is "evil.org\/x", which is not allowed/,
    ],
    ['trs://tools.example.org/a', /malformed tool URI/],
  ])('is refused with its place: %s', async (uri, sentence) => {
    const answer = await post('quay.io/a', uri);

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'InvalidTask',
      details: [{ pointer: '/executors/1/image', message: expect.stringMatching(sentence) }],
    });
  });

  it('has to be sent again when its registry cannot be asked', async () => {
    const answer = await post('trs://tools.example.org/down/1');

    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
  });
});
