import { describe, expect, it } from '@jest/globals';

import { createTemporalClient } from '../../../src/temporal/client.ts';

describe('a client of Temporal', () => {
  it('tries at least every five seconds to reach a server that is away', async () => {
    const settings = { address: '127.0.0.1:1', namespace: 'default', taskQueue: 'tasks' };
    const { connection, close } = createTemporalClient(settings);
    expect(connection.options.channelArgs).toMatchObject({
      'grpc.max_reconnect_backoff_ms': 5_000,
    });
    await close();
  });
});
