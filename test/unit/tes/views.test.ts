import { describe, expect, it } from '@jest/globals';

import { TASK_STATES } from '../../../src/tes/state.ts';
import type { TaskLog } from '../../../src/tes/task.ts';
import { type TaskRecord, taskView } from '../../../src/tes/views.ts';

const LOG: TaskLog = {
  logs: [{ exit_code: 0, stdout: 'out', stderr: 'err', start_time: '2026-11-21T10:00:00Z' }],
  outputs: [{ url: 'file:///data/o', path: '/o', size_bytes: '7' }],
  start_time: '2026-11-21T09:59:00Z',
  metadata: { node: 'n' },
  system_logs: ['It ran.'],
};

function aRecord(more: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id: '019aa000-0000-7000-8000-000000000001',
    state: 'COMPLETE',
    createdAt: new Date('2026-11-21T09:58:59.123Z'),
    document: {
      name: 'n',
      executors: [{ image: 'demo', command: ['true'] }],
      inputs: [{ path: '/in', content: 'secret', type: 'FILE', name: 'i' }],
      resources: { cpu_cores: 1.2, ram_gb: 0.5 },
    },
    warnings: [],
    logs: [LOG],
    ...more,
  };
}

describe('the MINIMAL view', () => {
  it('is id and state and nothing else', () => {
    expect(taskView(aRecord(), 'MINIMAL')).toStrictEqual({
      id: '019aa000-0000-7000-8000-000000000001',
      state: 'COMPLETE',
    });
  });
});

describe('the BASIC view', () => {
  it('leaves out contents, output streams and system logs, and only those', () => {
    expect(taskView(aRecord(), 'BASIC')).toStrictEqual({
      id: '019aa000-0000-7000-8000-000000000001',
      state: 'COMPLETE',
      name: 'n',
      executors: [{ image: 'demo', command: ['true'] }],
      inputs: [{ path: '/in', type: 'FILE', name: 'i' }],
      resources: { cpu_cores: 2, ram_gb: 0.5 },
      logs: [
        {
          logs: [{ exit_code: 0, start_time: '2026-11-21T10:00:00Z' }],
          outputs: LOG.outputs,
          start_time: '2026-11-21T09:59:00Z',
          metadata: { node: 'n' },
        },
      ],
      creation_time: '2026-11-21T09:58:59.123Z',
    });
  });

  it('has no logs before an attempt is settled', () => {
    const states = TASK_STATES.map((state) => taskView(aRecord({ state, logs: [] }), 'BASIC'));

    for (const task of states) expect(task).not.toHaveProperty('logs');
  });
});

describe('the FULL view', () => {
  it('holds everything', () => {
    const task = taskView(aRecord(), 'FULL');

    expect(task.inputs?.[0]).toHaveProperty('content', 'secret');
    expect(task.logs).toStrictEqual([LOG]);
  });

  it('says what a QUEUED task without attempts waits for, after the warnings', () => {
    const waiting = {
      state: 'QUEUED',
      logs: [],
      waiting: 'No node fits.',
      warnings: ['w'],
    } as const;

    expect(taskView(aRecord(waiting), 'FULL').logs).toStrictEqual([
      { logs: [], outputs: [], system_logs: ['w', 'No node fits.'] },
    ]);
  });

  it('says that a task waits to be dispatched when nothing else is known', () => {
    const [log] = taskView(aRecord({ state: 'QUEUED', logs: [] }), 'FULL').logs ?? [];

    expect(log?.system_logs).toStrictEqual(['The task waits to be dispatched.']);
  });

  it('shows the settled attempts and no waiting entry while the next attempt is QUEUED', () => {
    const record = aRecord({ state: 'QUEUED', waiting: 'No node fits.' });

    expect(taskView(record, 'FULL').logs).toStrictEqual([LOG]);
  });

  it.each(['INITIALIZING', 'RUNNING', 'CANCELING'] as const)(
    'has no logs in %s before an attempt is settled',
    (state) => {
      const record = aRecord({ state, logs: [], waiting: 'No node fits.' });

      expect(taskView(record, 'FULL')).not.toHaveProperty('logs');
    },
  );
});

describe('a task that ended without an attempt', () => {
  const ended = aRecord({ state: 'SYSTEM_ERROR', logs: [], endReason: 'The pod was refused.' });

  it('gives its reason in the FULL view', () => {
    expect(taskView(ended, 'FULL').logs).toStrictEqual([
      { logs: [], outputs: [], system_logs: ['The pod was refused.'] },
    ]);
  });

  it('keeps the entry without the reason in the BASIC view', () => {
    expect(taskView(ended, 'BASIC').logs).toStrictEqual([{ logs: [], outputs: [] }]);
  });
});
