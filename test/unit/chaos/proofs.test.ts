import { describe, expect, it } from '@jest/globals';

import type { AttemptRow, EventRow, Evidence, TaskRecord } from '../../chaos/evidence.ts';
import { type FateName, fateNamed } from '../../chaos/fates.ts';
import { createJournal } from '../../chaos/journal.ts';
import type { PodLife } from '../../chaos/pod-life.ts';
import { findViolations } from '../../chaos/proofs.ts';
import { createSubmissions, type Submission } from '../../chaos/submissions.ts';

const ID = '01a1fe9f-f9cb-733f-b314-978dfbc32621';
const START = Date.parse('2026-11-21T15:00:00Z');

const at = (seconds: number): Date => new Date(START + seconds * 1000);

function anAttempt(number: number, members: Partial<AttemptRow> = {}): AttemptRow {
  return {
    ...{ number, opened_at: at(1), settled_at: at(9), proven_dead_at: at(9), node_name: 'node-1' },
    ...{ pod_uid: `u${number}`, intent: null, verdict: { code: 'Complete', message: 'Done.' } },
    ...members,
  };
}

function aLife(attempt: number, from: number, to: number | undefined): PodLife {
  return {
    ...{ name: `orrery-${ID}-${attempt}`, uid: `u${attempt}`, taskId: ID, attempt },
    ...{ admittedAt: at(from).getTime(), started: new Set(['executor-0']) },
    ...(to !== undefined && { deadAt: at(to).getTime() }),
    story: [],
  };
}

function events(...states: string[]): EventRow[] {
  return states.map((to_state, index) => ({
    ...{ number: index + 1, at: at(index), from_state: states[index - 1] ?? null, to_state },
    ...{ reason: 'Because.', actor: 'worker' },
  }));
}

interface Given {
  readonly fate?: FateName;
  readonly submission?: Partial<Submission>;
  readonly record?: Partial<TaskRecord>;
  readonly lives?: readonly PodLife[];
  readonly evidence?: Partial<Evidence>;
}

/** One task that went well, unless it is said otherwise. */
function kindsOf({ fate = 'short', submission, record, lives, evidence }: Given): string[] {
  const submissions = createSubmissions();
  submissions.add({
    ...{ id: ID, serial: 0, fate: fateNamed(fate), acceptedAt: START, spoiled: 0 },
    takenPods: new Set(),
    ...submission,
  });
  const known: TaskRecord = {
    ...{ id: ID, state: 'COMPLETE', createdAt: at(0), lastEvent: 4 },
    events: events('QUEUED', 'INITIALIZING', 'RUNNING', 'COMPLETE'),
    attempts: [anAttempt(1)],
    ...record,
  };
  const violations = findViolations({
    ...{ submissions, journal: createJournal(), records: new Map([[ID, known]]), leftovers: [] },
    ...{ answers: new Map([[ID, known.state]]), firstEnds: new Map(), marks: undefined },
    lives: new Map([[ID, lives ?? [aLife(1, 2, 8)]]]),
    rules: {
      ...{ maxAttempts: 3, queueDeadlineMs: 60_000, pullDeadlineMs: 60_000 },
      totalDeadlineMs: 60_000,
    },
    ...evidence,
  });
  return [...new Set(violations.map(({ kind }) => kind))];
}

function endedAs(state: string, code = 'Complete'): Partial<TaskRecord> {
  return {
    state,
    events: events('QUEUED', 'INITIALIZING', 'RUNNING', state),
    attempts: [anAttempt(1, { verdict: { code, message: '' } })],
  };
}

describe('the proofs', () => {
  it('find nothing about a task that went well', () => {
    expect(kindsOf({})).toEqual([]);
  });

  it('find a task that is not terminal, unknown, or answered otherwise', () => {
    const record = { state: 'RUNNING', events: events('QUEUED', 'INITIALIZING', 'RUNNING') };
    expect(kindsOf({ record: { ...record, lastEvent: 3 } })).toEqual(['not terminal']);
    expect(kindsOf({ evidence: { records: new Map() } })).toContain('not terminal');
    expect(kindsOf({ evidence: { answers: new Map([[ID, 'CANCELED']]) } })).toEqual([
      'not terminal',
    ]);
  });

  it.each<[string, Given]>([
    ['a failed command that is COMPLETE', { fate: 'exit-code' }],
    ['CANCELED that nobody asked for', { record: endedAs('CANCELED') }],
    [
      'CANCELED although its pod had finished before',
      {
        submission: { cancelSentAt: at(8).getTime() },
        record: endedAs('CANCELED'),
        lives: [{ ...aLife(1, 2, 6), finishedAt: at(6).getTime() }],
      },
    ],
    [
      'COMPLETE whose pod never ran',
      { record: { attempts: [anAttempt(1, { pod_uid: null })] }, lives: [] },
    ],
    ['SYSTEM_ERROR of a healthy task', { record: endedAs('SYSTEM_ERROR', 'PodDeleted') }],
    [
      'a deadline that had not passed',
      { record: endedAs('SYSTEM_ERROR', 'TotalDeadlineExceeded') },
    ],
    [
      'an attempt too many',
      {
        record: { attempts: [anAttempt(1), anAttempt(2)] },
        lives: [aLife(1, 2, 3), aLife(2, 4, 5)],
      },
    ],
  ])('find an untrue end: %s', (_, given) => {
    expect(kindsOf(given)).toEqual(['untrue state']);
  });

  it('allow what was done to the task: a cancel that was asked, an attempt that was spoiled', () => {
    expect(kindsOf({ submission: { cancelSentAt: START }, record: endedAs('CANCELED') })).toEqual(
      [],
    );
    expect(
      kindsOf({
        submission: { takenPods: new Set(['u1']) },
        record: { attempts: [anAttempt(1), anAttempt(2)] },
        lives: [aLife(1, 2, 3), aLife(2, 4, 5)],
      }),
    ).toEqual([]);
  });

  it('find two pods at once, also when the first one was never seen dead', () => {
    const given = {
      submission: { takenPods: new Set(['u1']) },
      record: { attempts: [anAttempt(1), anAttempt(2)] },
    };
    expect(kindsOf({ ...given, lives: [aLife(1, 2, 5), aLife(2, 4, 6)] })).toEqual([
      'two pods at once',
    ]);
    expect(kindsOf({ ...given, lives: [aLife(1, 2, undefined), aLife(2, 4, 6)] })).toEqual([
      'two pods at once',
    ]);
  });

  it('find a pod that ran without being the recorded one', () => {
    const other = { ...aLife(1, 9, 10), uid: 'other', started: new Set<string>() };
    expect(kindsOf({ lives: [aLife(1, 2, 8), other] })).toEqual(['unrecorded pod ran']);
  });

  it('find a command that ran twice: in two pods of an attempt, by its own reports', () => {
    expect(kindsOf({ lives: [aLife(1, 2, 3), { ...aLife(1, 4, 5), uid: 'other' }] })).toContain(
      'run twice',
    );
    const mark = {
      pod: `orrery-${ID}-1`,
      executor: 0,
      what: 'start',
      at: START,
      exitCode: 0,
    } as const;
    const end = { ...mark, what: 'end', run: 'a' } as const;
    const marks = new Map([[mark.pod, [{ ...mark, run: 'a' }, { ...mark, run: 'b' }, end]]]);
    expect(kindsOf({ evidence: { marks } })).toEqual(['run twice']);
  });

  it('find what is left over, and a witness that does not know a pod', () => {
    expect(kindsOf({ evidence: { leftovers: [{ what: 'pods/p' }] } })).toEqual(['left over']);
    expect(
      kindsOf({ record: endedAs('CANCELED'), submission: { cancelSentAt: 1 }, lives: [] }),
    ).toEqual(['witness missing']);
  });

  it('find a terminal state that changed', () => {
    const firstEnds = new Map([[ID, { state: 'CANCELED', seenAt: START }]]);
    expect(kindsOf({ evidence: { firstEnds } })).toEqual(['terminal state changed']);
  });

  it.each<[string, Partial<TaskRecord>]>([
    [
      'a gap',
      {
        events: events('QUEUED', 'INITIALIZING', 'RUNNING', 'COMPLETE').map((event) => ({
          ...event,
          number: event.number * 2,
        })),
        lastEvent: 8,
      },
    ],
    ['an illegal step', { events: events('QUEUED', 'RUNNING', 'COMPLETE'), lastEvent: 3 }],
    ['a second end', { events: events('QUEUED', 'CANCELED', 'COMPLETE'), lastEvent: 3 }],
    ['a count of its own', { lastEvent: 9 }],
  ])('find events that are wrong: %s', (_, record) => {
    expect(kindsOf({ record })).toEqual(['events']);
  });
});
