import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { type Collector, startCollector } from '../../../src/controller/collector.ts';
import type { RowSight } from '../../../src/store/collect-ports.ts';
import { printMetrics } from '../../../src/telemetry/metrics.ts';
import { LABELS } from '../../../src/tes/attempt.ts';
import type { PodObservation } from '../../../src/tes/observation.ts';
import { anUnscheduledPod } from '../../support/observations.ts';

const TASK = '01a1fdba-68be-7083-bf2a-623665beea2f';
const no = (): never => {
  throw new Error('not asked for');
};

async function blocked(): Promise<string | undefined> {
  return /^tes_collector_blocked (\d+)$/m.exec(await printMetrics())?.[1];
}

function orphans(count: number): PodObservation[] {
  return Array.from({ length: count }, (_, index) =>
    anUnscheduledPod({
      name: `orrery-${TASK}-${index + 1}`,
      uid: `uid-${index}`,
      gated: true,
      labels: { [LABELS.task]: TASK, [LABELS.attempt]: String(index + 1) },
    }),
  );
}

describe('the collector, round by round', () => {
  let collector: Collector;
  let lines: string[];
  let pods: Map<string, PodObservation>;
  let open: number;
  let ended: string[];
  let answers: boolean[];
  let listed: () => Promise<void>;

  beforeEach(() => {
    lines = [];
    open = 0;
    ended = [];
    answers = [];
    pods = new Map();
    let tell: (() => void) | undefined;
    listed = () => new Promise((resolve) => (tell = resolve));
    collector = startCollector({
      list: {
        async *pages() {
          yield await Promise.resolve([...pods.values()]);
          tell?.();
        },
      },
      pods: {
        get: (name) => Promise.resolve(pods.get(name)),
        delete: (name) => {
          const pod = pods.get(name);
          if (pod) pods.set(name, { ...pod, deletedAt: pod.createdAt });
          return Promise.resolve();
        },
        release: (name) => {
          pods.delete(name);
          return Promise.resolve();
        },
        node: no,
      },
      rows: {
        sight: (attempts) => Promise.resolve(attempts.map((): RowSight => ({}))),
        listDebts: () => Promise.resolve([]),
        listDispatched: no,
        countOpen: () => Promise.resolve(open),
      },
      attempts: { markProvenDead: no },
      workflows: {
        describe: (id) => Promise.resolve(id.startsWith('closed') ? 'closed' : 'unknown'),
      },
      endClosed: (taskId) => {
        ended.push(taskId);
        return Promise.resolve(answers.shift() ?? true);
      },
      removePod: no,
      settleAttempt: no,
      recognise: () => Promise.resolve(),
      fence: { check: () => Promise.resolve() },
      now: () => Date.parse('2026-11-22T00:00:00Z'),
      logger: pino({ level: 'info' }, { write: (line) => void lines.push(line) }),
    });
  });

  afterEach(() => collector.stop());

  /** One whole round: the list of the next one comes after it. */
  async function round(): Promise<void> {
    for (let lists = 0; lists < 2; lists += 1) {
      const next = listed();
      collector.wake();
      await next;
    }
  }

  it('stops at 21 of 21, says so with number and command, and goes on once they are fewer', async () => {
    pods = new Map(orphans(21).map((pod) => [pod.name, pod]));
    await round();
    expect(await blocked()).toBe('21');
    expect(pods.size).toBe(21);
    const errors = lines.filter((line) => line.includes('"level":50'));
    expect(JSON.parse(errors[0] ?? '{}')).toMatchObject({
      touched: 21,
      limit: 20,
      command: 'orrery collect --dry-run',
    });

    pods.delete(`orrery-${TASK}-1`);
    await round();
    expect(await blocked()).toBe('0');
    expect(pods.size).toBe(0);
  });

  it('touches 1 % of the open tasks where that is more', async () => {
    open = 2_199;
    pods = new Map(orphans(22).map((pod) => [pod.name, pod]));
    await round();
    expect([await blocked(), pods.size]).toEqual(['22', 22]);
    open = 2_200;
    await round();
    expect([await blocked(), pods.size]).toEqual(['0', 0]);
  });

  it('asks again for a task whose end awaits the proof of death, until it has ended', async () => {
    answers = [false, true];
    await collector.noteClosed('closed-1');
    await collector.noteClosed('other');
    await round();
    await round();
    await round();
    expect(ended).toEqual(['closed-1', 'closed-1']);
  });
});
