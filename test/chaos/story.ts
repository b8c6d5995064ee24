/** The whole story of a task, for the person who has to find out what went wrong. */
import type { Evidence, Violation } from './evidence.ts';
import type { Entry } from './journal.ts';

/** Actions so long before a task began and after it ended belong to its story. */
const MARGIN_MS = 5_000;
const MOST_ACTIONS = 80;

interface Line {
  readonly at: number;
  readonly text: string;
}

/** All violations of one task, and what happened to it in the order of time. */
export function tellStory(
  evidence: Evidence,
  taskId: string,
  violations: readonly Violation[],
): string {
  const submission = evidence.submissions.get(taskId);
  const lines = [
    ...rowLines(evidence, taskId),
    ...podLines(evidence, taskId),
    ...markLines(evidence, taskId),
    ...submissionLines(evidence, taskId),
  ];
  const times = lines.map(({ at }) => at);
  const near = evidence.journal
    .during(Math.min(...times) - MARGIN_MS, Math.max(...times) + MARGIN_MS)
    .toSorted((a, b) => Number(b.taskId === taskId) - Number(a.taskId === taskId))
    .slice(0, MOST_ACTIONS);
  const all = [...lines, ...near.map(actionLine)].toSorted((a, b) => a.at - b.at);
  return [
    `--- task ${taskId}, fate ${submission?.fate.name ?? 'unknown'}, ${submission?.spoiled ?? 0} attempts spoiled`,
    ...violations.map(({ kind, text }) => `VIOLATION ${kind}: ${text}`),
    ...all.map(({ at, text }) => `${toTime(at)}  ${text}`),
  ].join('\n');
}

function rowLines({ records }: Evidence, taskId: string): Line[] {
  const record = records.get(taskId);
  if (record === undefined) return [];
  const events = record.events.map((event) => ({
    at: event.at.getTime(),
    text: `event ${event.number}: ${event.from_state ?? 'nothing'} → ${event.to_state} (${event.actor}: ${event.reason})`,
  }));
  const attempts = record.attempts.flatMap((attempt) => {
    const { number, opened_at, settled_at, proven_dead_at, pod_uid, intent, verdict } = attempt;
    const what = `attempt ${number}`;
    return [
      { at: opened_at.getTime(), text: `${what} opened, pod uid ${pod_uid ?? 'never recorded'}` },
      ...(settled_at === null
        ? []
        : [
            {
              at: settled_at.getTime(),
              text: `${what} settled: ${verdict?.code ?? 'no verdict'}, intent ${intent?.kind ?? 'none'}; ${verdict?.message ?? ''}`,
            },
          ]),
      ...(proven_dead_at === null
        ? []
        : [{ at: proven_dead_at.getTime(), text: `${what} proven dead` }]),
    ];
  });
  return [...events, ...attempts];
}

function podLines({ lives }: Evidence, taskId: string): Line[] {
  return (lives.get(taskId) ?? []).flatMap(({ name, uid, story }) =>
    story.map(({ at, text }) => ({ at, text: `pod ${name} ${uid.slice(0, 8)}: ${text}` })),
  );
}

function markLines({ marks }: Evidence, taskId: string): Line[] {
  return [...(marks ?? [])]
    .filter(([pod]) => pod.startsWith(`orrery-${taskId}-`))
    .flatMap(([, reported]) => reported)
    .map(({ at, pod, executor, what, exitCode }) => ({
      at,
      text: `command of executor-${executor} in ${pod} reports its ${what} (${exitCode})`,
    }));
}

function submissionLines({ submissions, firstEnds }: Evidence, taskId: string): Line[] {
  const submission = submissions.get(taskId);
  const first = firstEnds.get(taskId);
  const line = (at: number | undefined, text: string): Line[] =>
    at === undefined ? [] : [{ at, text }];
  return [
    ...line(submission?.acceptedAt, 'the API accepted it'),
    ...line(submission?.cancelSentAt, 'a cancel was sent'),
    ...line(submission?.cancelTakenAt, 'the cancel was taken'),
    ...line(first?.seenAt, `it was first read as ${first?.state ?? ''}`),
  ];
}

function actionLine({ at, until, action, target, detail, taskId }: Entry): Line {
  const aimed = taskId === undefined ? '' : ' (aimed)';
  return { at, text: `ACTION ${action} ${target}${aimed}: ${detail}, until ${toTime(until)}` };
}

function toTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
