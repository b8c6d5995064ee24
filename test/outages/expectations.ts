/** What must hold in an outage beyond what always must. */
import type { Evidence, Violation } from '../chaos/evidence.ts';
import type { Engine } from '../chaos/fleet.ts';
import type { Answer, Asked } from './clients.ts';
import type { Players } from './players.ts';

/** What is looked at. */
export interface Looked {
  readonly engine: Engine;
  readonly evidence: Evidence;
  readonly players: Players;
  readonly asked: Asked;
}

/** Longer than any answer about a Postgres that is away may take. */
const LATEST_ANSWER_MS = 36_000;

/** Every end is the one of the task's part, every task is one that was asked for, and the API kept its word. */
export function findPromisesBroken({ engine, evidence, players, asked }: Looked): Violation[] {
  const ends = players.all().flatMap(({ part, end, submission }): Violation[] => {
    const record = evidence.records.get(submission.id);
    if (record?.state === end && record.attempts.length <= 1) return [];
    const text = `a task that ${part} is ${record?.state ?? 'unknown'} after ${record?.attempts.length ?? 0} attempts, not ${end} after one`;
    return [{ kind: 'untrue state', text, taskId: submission.id }];
  });
  const strangers = [...evidence.records.keys()]
    .filter((id) => evidence.submissions.get(id) === undefined)
    .map((id): Violation => ({ kind: 'run twice', text: `nobody knows task ${id}`, taskId: id }));
  const answers = asked.answers
    .flatMap((answer) => problemOf(answer, engine) ?? [])
    .map((text): Violation => ({ kind: 'untrue state', text }));
  return [...ends, ...strangers, ...answers];
}

/** Without Postgres everything about tasks is 503 with a Retry-After; without another engine nothing is felt. */
function problemOf({ what, status, ms, retryAfter }: Answer, engine: Engine): string | undefined {
  const told = `${what} was answered ${status ?? 'nothing'} after ${Math.round(ms)} ms`;
  if (engine !== 'postgres' || what === 'health') return status === 200 ? undefined : told;
  if (status !== 503 || retryAfter === undefined)
    return `${told}, Retry-After ${retryAfter ?? 'absent'}`;
  return ms < LATEST_ANSWER_MS ? undefined : told;
}
