import { describe, expect, it } from '@jest/globals';

import { createLogger } from '../../../src/telemetry/logger.ts';

function aLog(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { lines, logger: createLogger({ level, role: 'api' }, { write }) };
}

describe('the logger', () => {
  it('writes one JSON object a line, with time, level, role and message', () => {
    const { lines, logger } = aLog();
    logger.info({ taskId: 'x' }, 'task created');

    expect(lines).toStrictEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        role: 'api',
        taskId: 'x',
        msg: 'task created',
      },
    ]);
  });

  it('keeps quiet below its level', () => {
    const { lines, logger } = aLog('warn');
    logger.info('quiet');
    logger.warn('loud');

    expect(lines.map((line) => line['msg'])).toStrictEqual(['loud']);
  });

  it('writes errors without credentials', () => {
    const { lines, logger } = aLog();
    logger.error({ err: new Error('postgres://u:hunter2@db failed') }, 'database failed');

    expect(lines[0]).toHaveProperty('err.message', 'postgres://db failed');
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('never writes headers or members that hold secrets', () => {
    const { lines, logger } = aLog();
    logger.info(
      {
        password: 'hunter2',
        settings: { token: 'hunter2', connectionString: 'hunter2' },
        request: { headers: { authorization: 'hunter2', cookie: 'hunter2', accept: 'x' } },
      },
      'secrets',
    );

    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toHaveProperty('request.headers.accept', 'x');
  });
});
