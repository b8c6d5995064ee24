/** Whole attempts as the workflow lives them: looks at any moments, any of them repeated, lost or late. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { classify } from '../../../src/tes/classification.ts';
import type { Evidence } from '../../../src/tes/evidence.ts';
import { nextLook } from '../../../src/tes/next-look.ts';
import type { PodObservation } from '../../../src/tes/observation.ts';
import { provenDead } from '../../../src/tes/proven-dead.ts';
import { decide } from '../../../src/tes/retry.ts';
import type { Intent } from '../../../src/tes/verdict.ts';
import { evidence, NODE } from '../../support/observations.ts';
import {
  anyFate,
  expectedCode,
  type Fate,
  observationsOf,
  reportOf,
} from '../../support/pod-life.ts';

const OPENED = Date.parse('2026-11-21T10:00:00Z');
const HOUR = 3_600_000;
const RULES = { deadlines: {}, patienceMs: 30_000, nodeLostMs: HOUR, graceMs: 30_000 };
const BOUND = { podUid: 'pod-uid', nodeName: NODE.name, nodeUid: NODE.uid };

type Step = 'settle' | 'wait' | 'delete' | 'give-up';

/** What one look decides: settling needs the proof of death, everything else is `nextLook`'s. */
function look(pod: PodObservation | undefined, intent: Intent | undefined, now: number): Step {
  const deleteAsked = intent !== undefined;
  if (provenDead(pod, { ...BOUND, deleteAsked }, NODE)) return 'settle';
  const attempt = { number: 1, openedAt: new Date(OPENED), podUid: BOUND.podUid, intent };
  const facts = { task: { createdAt: new Date(OPENED) }, attempt, pod, node: NODE };
  return nextLook({ ...facts, rules: RULES, now }).kind;
}

function judged(fate: Fate, more: Partial<Evidence>): Evidence {
  return {
    ...evidence(more),
    executors: fate.executors.map(({ ignoreError }) => ({ ignoreError, image: 'busybox:1' })),
  };
}

/** A life, the moments at which it is looked at, and what the watcher noticed of out-of-memory kills. */
const anyLife = anyFate.chain((fate) => {
  const life = observationsOf(fate);
  return fc.record({
    fate: fc.constant(fate),
    moments: fc
      .array(fc.nat({ max: life.length - 1 }), { maxLength: 20 })
      .map((moments) => moments.toSorted((a, b) => a - b)),
    lateBy: fc.integer({ min: 0, max: 40 * 24 * HOUR }),
  });
});

describe('any looks at an attempt', () => {
  it('wait until its pod has ended, and then all of them settle it the same', () => {
    fc.assert(
      fc.property(anyLife, ({ fate, moments, lateBy }) => {
        const life = observationsOf(fate);
        const end = life.length - 1;
        for (const moment of [...moments, end, end]) {
          const pod = life[moment];
          const step = look(pod, undefined, OPENED + lateBy);
          expect(step).toBe(moment === end ? 'settle' : 'wait');
        }
        const oomKilled = new Set(
          fate.executors.flatMap(({ kind }, index) =>
            kind === 'oom' ? [`executor-${index}`] : [],
          ),
        );
        const verdicts = [undefined, reportOf(fate)].map((report) =>
          classify(judged(fate, { pod: life.at(-1), report, oomKilled })),
        );
        expect(verdicts.map(({ code }) => code)).toEqual([expectedCode(fate), expectedCode(fate)]);
        const policy = { maxAttempts: 3, backoffMs: 1000 };
        expect(new Set(verdicts.map((verdict) => decide(verdict, 1, policy).kind)).size).toBe(1);
      }),
    );
  });

  it('never settle a canceled attempt before its pod is dead, whenever and however often it was asked', () => {
    fc.assert(
      fc.property(anyLife, fc.nat({ max: 100 }), ({ fate, moments }, asked) => {
        const life = observationsOf(fate);
        const end = life.length - 1;
        const since = Math.min(asked, end);
        const intent: Intent = { kind: 'cancel' };
        for (const moment of moments.filter((one) => one >= since && one < end)) {
          const pod = life[moment];
          expect(look(pod, intent, OPENED)).toBe('delete');
          const deletedAt = new Date(OPENED).toISOString();
          const told = pod && { ...pod, deletedAt };
          expect(look(told, intent, OPENED)).toBe('wait');
          expect(look(told, intent, OPENED + RULES.graceMs + 30_000)).toBe('give-up');
        }
        expect(look(life[end], intent, OPENED)).toBe('settle');
        const verdict = classify(judged(fate, { pod: life[end], report: reportOf(fate), intent }));
        expect(verdict.code).toBe(expectedCode(fate));
      }),
    );
  });

  it('never take a pod that is gone for dead, however long they wait, unless its node is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * HOUR }), (later) => {
        expect(look(undefined, undefined, OPENED + later)).toBe('wait');
        expect(provenDead(undefined, { ...BOUND, deleteAsked: true }, 'gone')).toBe(true);
      }),
    );
  });
});
