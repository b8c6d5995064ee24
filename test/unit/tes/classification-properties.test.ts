import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { classify } from '../../../src/tes/classification.ts';
import type { Evidence } from '../../../src/tes/evidence.ts';
import type { PodClass, PodObservation } from '../../../src/tes/observation.ts';
import { isWorse, podClass, tesStateOf } from '../../../src/tes/pod-state.ts';
import { endsOf } from '../../../src/tes/stages.ts';
import { isFinal, next, type TaskEvent, type TaskState } from '../../../src/tes/state.ts';
import { buildTaskLog } from '../../../src/tes/task-log.ts';
import { aPod, ended, evidence, NODE } from '../../support/observations.ts';
import {
  anyFate,
  expectedCode,
  type Fate,
  observationsOf,
  reportOf,
} from '../../support/pod-life.ts';

/** What a watcher keeps of the observations that reach it. */
function watch(seen: readonly PodObservation[]) {
  let worst: PodClass = 'fresh';
  let state: TaskState = 'QUEUED';
  const oomKilled = new Set<string>();
  const apply = (event: TaskEvent): void => {
    state = next(state, event) ?? state;
  };
  for (const pod of seen) {
    const now = podClass(pod, NODE);
    if (isWorse(now, worst)) worst = now;
    const shown = tesStateOf(pod);
    if (shown === 'INITIALIZING') apply({ type: 'initializing' });
    if (shown === 'RUNNING') apply({ type: 'running' });
    for (const container of pod.containers) {
      const isOom = endsOf(container).some(({ reason }) => reason === 'OOMKilled');
      if (isOom) oomKilled.add(container.name);
    }
  }
  return { worst, oomKilled, state };
}

function judged(fate: Fate, more: Partial<Evidence>): Evidence {
  return {
    ...evidence(more),
    executors: fate.executors.map(({ ignoreError }) => ({ ignoreError, image: 'busybox:1' })),
  };
}

describe('any order, loss and repetition of observations', () => {
  const anyDelivery = anyFate.chain((fate) =>
    fc.record({
      fate: fc.constant(fate),
      seen: fc.array(fc.constantFrom(...observationsOf(fate)), { maxLength: 30 }),
      reportLost: fc.boolean(),
    }),
  );

  it('leads to the same end', () => {
    fc.assert(
      fc.property(anyDelivery, ({ fate, seen, reportLost }) => {
        const { oomKilled, state } = watch(seen);
        const last = observationsOf(fate).at(-1);
        const report = reportLost ? undefined : reportOf(fate);

        const verdict = classify(judged(fate, { pod: last, report, oomKilled }));

        expect(verdict.code).toBe(expectedCode(fate));
        expect(next(state, { type: 'ended', state: verdict.state })).toBe(verdict.state);
      }),
    );
  });

  it('never makes a workflow believe in an end before the pod has ended', () => {
    fc.assert(
      fc.property(anyDelivery, ({ fate, seen }) => {
        const end = observationsOf(fate).at(-1);
        const hasSeenEnd = seen.some((pod) => pod.phase === end?.phase);
        expect(watch(seen).worst === 'ended').toBe(hasSeenEnd);
      }),
    );
  });

  it('leaves a final state as it is, whatever is seen afterwards', () => {
    fc.assert(
      fc.property(anyDelivery, ({ fate, seen }) => {
        const final = classify(judged(fate, { report: reportOf(fate) })).state;
        const after = seen.reduce<TaskState>((state, pod) => {
          const type = tesStateOf(pod) === 'RUNNING' ? 'running' : 'initializing';
          return next(state, { type }) ?? state;
        }, final);
        expect(after).toBe(final);
      }),
    );
  });

  it('judges a finished task the same, whatever deletes its pod or its node afterwards', () => {
    const anyAftermath = fc.record({
      deletedAt: fc.constant('2026-11-21T12:00:00Z'),
      reason: fc.constantFrom('Evicted', 'Terminated', 'NodeLost', 'DeadlineExceeded'),
      disruption: fc.constantFrom('PreemptionByScheduler', 'DeletionByPodGC'),
    });
    const anyIntent: fc.Arbitrary<Evidence['intent']> = fc.constantFrom(
      undefined,
      { kind: 'cancel' } as const,
      { kind: 'deadline', deadline: 'total' } as const,
      { kind: 'clean-up' } as const,
    );
    fc.assert(
      fc.property(anyFate, anyAftermath, anyIntent, (fate, aftermath, intent) => {
        const last = observationsOf(fate).at(-1) ?? aPod();
        const given = judged(fate, { pod: { ...last, ...aftermath }, intent, node: 'gone' });
        expect(classify(given).code).toBe(expectedCode(fate));
      }),
    );
  });
});

describe('garbage in termination messages', () => {
  const anyMessage = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom('null', '[]', '{"exitCode":"0"}', '{"exitCode":1e99}', '{"failure":7}'),
    fc
      .record(
        {
          exitCode: fc.anything(),
          signal: fc.anything(),
          killed: fc.anything(),
          skipped: fc.anything(),
          failure: fc.anything(),
          startedAt: fc.anything(),
          complete: fc.anything(),
        },
        { requiredKeys: [] },
      )
      .map((record) => {
        try {
          return JSON.stringify(record);
        } catch {
          return '{';
        }
      }),
  );
  const anyEnd = fc
    .record({ message: anyMessage, exitCode: fc.constantFrom(0, 1, 137, 143), reason: fc.string() })
    .map((end) => ended(end));

  it('never throws, always names a final state and never logs an exit code that is no integer', () => {
    fc.assert(
      fc.property(
        fc.record({
          inputs: anyEnd,
          executors: fc.array(anyEnd, { maxLength: 3 }),
          outputs: anyEnd,
        }),
        fc.constantFrom('Succeeded' as const, 'Failed' as const, 'Unknown' as const),
        (stages, phase) => {
          const given = evidence({ pod: aPod(stages, { phase }) });
          const verdict = classify(given);
          const now = new Date();
          const facts = { attempt: 1, openedAt: now, settledAt: now, warnings: [] };
          const log = buildTaskLog({ ...facts, evidence: given, verdict });

          expect(isFinal(verdict.state)).toBe(true);
          expect(verdict.message).not.toBe('');
          for (const { exit_code: code } of log.logs) expect(Number.isInteger(code)).toBe(true);
          expect(JSON.parse(JSON.stringify(log))).toEqual(log);
        },
      ),
      { numRuns: 500 },
    );
  });
});
