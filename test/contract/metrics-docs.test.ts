import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { createTaskGauges } from '../../src/api/task-gauges.ts';
import { printMetrics } from '../../src/telemetry/metrics.ts';

const gauges = createTaskGauges({
  statistics: {
    read: () =>
      Promise.resolve({
        openTasks: {},
        storedTasks: {},
        stuckTasks: {},
        outboxRows: 0,
        outboxAgeSeconds: 0,
        openAttempts: 0,
        unprovenAttempts: 0,
        podsAlive: 0,
        inlineBytesAlive: 0,
        heldTasks: {},
      }),
  },
  deadlines: { queueMs: 1, totalMs: 1 },
  logger: pino({ level: 'silent' }),
});

describe('docs/operating.md', () => {
  it('has a row for every metric, and for no other', async () => {
    const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
    const text = `${await printMetrics()}\n${await gauges.print()}`;
    const names = [...text.matchAll(/^# TYPE (tes_\S+)/gm)].map(([, name]) => name);
    const rows = [...page.matchAll(/^\| `(tes_[a-z_]+)/gm)].map(([, name]) => name);

    expect(rows.toSorted()).toEqual(names.toSorted());
  });
});
