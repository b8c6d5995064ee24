import { Agent, request } from 'node:http';

import { describe, expect, it } from '@jest/globals';

import { EXECUTORS, openTestApi } from '../../support/api.ts';
import { until } from '../../support/until.ts';

const BODY = JSON.stringify({ executors: EXECUTORS });
const CONNECTIONS = 16;

/** Posts a task; the answer, or the code of the error. */
const post = (url: string, agent: Agent): Promise<{ id: string } | { code: string }> =>
  new Promise((resolve) => {
    const headers = { 'content-length': BODY.length };
    const sent = request(`${url}/v1/tasks`, { agent, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        resolve(answer.statusCode === 200 ? (JSON.parse(text) as { id: string }) : { code: text });
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: error.code ?? error.message });
    });
    sent.end(BODY);
  });

describe('closing the server under load', () => {
  it('answers every request that reached it and turns new connections away only', async () => {
    const api = await openTestApi();
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const created: string[] = [];
    const failures: string[] = [];
    const client = async (): Promise<void> => {
      while (failures.length < CONNECTIONS) {
        const answer = await post(url, agent);
        if ('id' in answer) created.push(answer.id);
        else {
          failures.push(answer.code);
          return;
        }
      }
    };

    const clients = Promise.all(Array.from({ length: CONNECTIONS }, client));
    await until(() => created.length > 200, { what: 'load', withinMs: 30_000, everyMs: 10 });
    await api.app.close();
    await clients;
    agent.destroy();
    const stored = await api.store.rows('select id from tasks');
    await api.store.close();

    expect(new Set(failures)).toEqual(new Set(['ECONNREFUSED']));
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(created));
  });
});
