import { describe, expect, it } from '@jest/globals';

import { createApiClient } from '../../../src/kubernetes/api-client.ts';
import { aKubeConfig, startScriptedApi } from '../../support/scripted-api.ts';

const REQUEST = { method: 'GET', path: '/x' } as const;

describe('createApiClient', () => {
  it('sends credentials and reuses one connection', async () => {
    const ports = new Set<number | undefined>();
    await using server = await startScriptedApi((request, response) => {
      ports.add(request.socket.remotePort);
      response.end(JSON.stringify({ token: request.headers.authorization }));
    });
    const api = createApiClient(server.config);

    const answers = [await api.json(REQUEST), await api.json(REQUEST), await api.json(REQUEST)];

    api.close();
    expect(answers).toEqual(Array(3).fill({ token: 'Bearer token-of-the-test' }));
    expect(ports.size).toBe(1);
  });

  it('sends queries and bodies as they are meant', async () => {
    await using server = await startScriptedApi((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        response.end(JSON.stringify({ body, type: request.headers['content-type'] }));
      });
    });
    const api = createApiClient(server.config);

    const answer = await api.json({
      method: 'PATCH',
      path: '/x',
      query: { labelSelector: 'a=b&c' },
      body: { name: 'grüße' },
      contentType: 'application/strategic-merge-patch+json',
    });

    api.close();
    expect(answer).toEqual({
      body: '{"name":"grüße"}',
      type: 'application/strategic-merge-patch+json',
    });
    expect(server.requests).toEqual(['PATCH /x?labelSelector=a%3Db%26c']);
  });

  it('tries once more when a kept connection was just being closed', async () => {
    let count = 0;
    await using server = await startScriptedApi((request, response) => {
      count++;
      if (count === 2) request.socket.resetAndDestroy();
      else response.end('{}');
    });
    const api = createApiClient(server.config);

    await api.json(REQUEST);
    const second = await api.json(REQUEST);

    api.close();
    expect(second).toEqual({});
    expect(count).toBe(3);
  });

  it('gives up a server that does not answer', async () => {
    await using server = await startScriptedApi(() => undefined);
    const api = createApiClient(server.config, 50);

    await expect(api.json(REQUEST)).rejects.toMatchObject({ name: 'TransientError' });
    await expect(api.stream(REQUEST, new AbortController().signal)).rejects.toMatchObject({
      name: 'TransientError',
    });
    api.close();
  });

  it('gives up an answer that does not end', async () => {
    await using server = await startScriptedApi((_request, response) => {
      response.write('{');
    });
    const api = createApiClient(server.config, 50);

    await expect(api.json(REQUEST)).rejects.toMatchObject({ name: 'TransientError' });
    api.close();
  });

  it('lets a stream last longer than the time-out', async () => {
    await using server = await startScriptedApi((_request, response) => {
      response.write('first');
      setTimeout(() => response.end(' last'), 150);
    });
    const api = createApiClient(server.config, 50);

    const stream = await api.stream(REQUEST, new AbortController().signal);
    const chunks = await stream.toArray();

    api.close();
    expect(Buffer.concat(chunks as Buffer[]).toString()).toBe('first last');
  });

  it('names neither token nor body in its errors', async () => {
    const api = createApiClient(aKubeConfig('http://127.0.0.1:1'));

    const error: unknown = await api
      .json({ method: 'POST', path: '/x', body: { data: 'body-secret' } })
      .catch((caught: unknown) => caught);

    api.close();
    expect(error).toMatchObject({
      name: 'TransientError',
      userMessage: 'Kubernetes cannot be reached.',
    });
    const text =
      JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause);
    expect(text).toMatch(/ECONNREFUSED|EACCES/);
    expect(text).not.toMatch(/token-of-the-test|body-secret/);
  });
});
