/** The proofs, each from witnesses of its own. */
import { FINAL_STATES_OF_TEST, isLegalStep } from '../support/state-steps.ts';
import type { Evidence, Proof, TaskRecord, Violation } from './evidence.ts';
import type { PodLife } from './pod-life.ts';
import { judgeEnd } from './truth.ts';

/** Every accepted id is terminal, for the database and for a client. */
const allTerminal: Proof = ({ submissions, records, answers }) =>
  submissions.all().flatMap(({ id }): Violation[] => {
    const record = records.get(id);
    const answer = answers.get(id);
    const problem = [
      record === undefined ? 'the database does not know it' : undefined,
      FINAL_STATES_OF_TEST.has(answer) ? undefined : `the API answers ${answer ?? 'nothing'}`,
      record?.state === answer ? undefined : `the database says ${record?.state ?? 'nothing'}`,
    ].find((text) => text !== undefined);
    return problem === undefined ? [] : [{ kind: 'not terminal', text: problem, taskId: id }];
  });

/** The state is what the fate and the pods say. */
const statesTrue: Proof = (evidence) =>
  evidence.submissions.all().flatMap((submission): Violation[] => {
    const problem = judgeEnd(evidence, submission);
    return problem === undefined
      ? []
      : [{ kind: 'untrue state', text: problem, taskId: submission.id }];
  });

/** No two pods of a task are able to run at the same time. */
const neverTwoPods: Proof = ({ lives }) =>
  [...lives].flatMap(([taskId, pods]) =>
    pods.flatMap((pod, index) =>
      pods.slice(index + 1).flatMap((other): Violation[] => {
        const [first, second] = [pod, other].toSorted((a, b) => begin(a) - begin(b));
        if (first === undefined || second === undefined || !overlap(first, second)) return [];
        const since = new Date(begin(second)).toISOString();
        return [
          {
            kind: 'two pods at once',
            text: `${second.name} (${second.uid}) may run since ${since}, when ${first.name} (${first.uid}) was not dead`,
            taskId,
          },
        ];
      }),
    ),
  );

function begin({ admittedAt }: PodLife): number {
  return admittedAt ?? Infinity;
}

function overlap(first: PodLife, second: PodLife): boolean {
  return begin(second) < Infinity && (first.deadAt ?? Infinity) > begin(second);
}

/** A pod that may run is the recorded one of its attempt. */
const recordedBeforeRunning: Proof = ({ lives, records }) =>
  [...lives].flatMap(([taskId, pods]) =>
    pods.flatMap((pod): Violation[] => {
      if (pod.admittedAt === undefined) return [];
      const attempt = records.get(taskId)?.attempts.find(({ number }) => number === pod.attempt);
      if (attempt?.pod_uid === pod.uid) return [];
      const recorded = attempt?.pod_uid ?? 'none';
      return [
        {
          kind: 'unrecorded pod ran',
          text: `${pod.name} with uid ${pod.uid} was let go, recorded is ${recorded}`,
          taskId,
        },
      ];
    }),
  );

/** No command is executed twice in one attempt: by its own reports, and by the pods of which kubelets told that they ran. */
const runOnce: Proof = ({ marks, lives }) => {
  const reported = [...(marks ?? [])].flatMap(([pod, ofPod]): Violation[] => {
    const starts = ofPod.filter(({ what }) => what === 'start');
    const executors = new Set(starts.map(({ executor }) => executor));
    if (executors.size === starts.length) return [];
    return [{ kind: 'run twice', text: `${pod}: ${JSON.stringify(starts)}` }];
  });
  return [...reported, ...[...lives].flatMap(([taskId, pods]) => secondPods(taskId, pods))];
};

/** Of the pods of one attempt at most one ever starts an executor. */
function secondPods(taskId: string, pods: readonly PodLife[]): Violation[] {
  const ran = pods.filter(({ started }) => started.has('executor-0'));
  return [...Map.groupBy(ran, ({ attempt }) => attempt)]
    .filter(([, ofAttempt]) => ofAttempt.length > 1)
    .map(([attempt, ofAttempt]) => ({
      kind: 'run twice',
      text: `attempt ${attempt} ran in ${ofAttempt.map(({ uid }) => uid).join(' and ')}`,
      taskId,
    }));
}

/** The audit log covers the whole run. */
const auditComplete: Proof = ({ records, lives }) =>
  [...records.values()].flatMap(({ id, attempts }) =>
    attempts.flatMap(({ number, pod_uid }): Violation[] => {
      if (pod_uid === null || lives.get(id)?.some(({ uid }) => uid === pod_uid)) return [];
      const text = `the audit log does not know the pod ${pod_uid} of attempt ${number}`;
      return [{ kind: 'witness missing', text, taskId: id }];
    }),
  );

/** Nothing is left in the cluster and in Temporal. */
const nothingLeft: Proof = ({ leftovers }) =>
  leftovers.map(({ what, taskId }) => ({
    kind: 'left over',
    text: what,
    ...(taskId !== undefined && { taskId }),
  }));

/** A terminal state that was once read is still the same. */
const endsStay: Proof = ({ firstEnds, records }) =>
  [...firstEnds].flatMap(([taskId, { state, seenAt }]): Violation[] => {
    const now = records.get(taskId)?.state;
    if (now === state) return [];
    const text = `${state} was read at ${new Date(seenAt).toISOString()}, now it is ${now ?? 'gone'}`;
    return [{ kind: 'terminal state changed', text, taskId }];
  });

/** Events are numbered without gaps, each begins where the last one ended, each step is legal. */
const eventsLegal: Proof = ({ records }) =>
  [...records.values()].flatMap((record) =>
    eventProblems(record).map((text) => ({ kind: 'events', text, taskId: record.id })),
  );

function eventProblems({ events, state, lastEvent }: TaskRecord): string[] {
  const problems = events.flatMap((event, index) => {
    const before = events[index - 1]?.to_state ?? null;
    return [
      event.number === index + 1 ? [] : [`event ${index + 1} has the number ${event.number}`],
      event.from_state === before
        ? []
        : [
            `event ${event.number} begins with ${event.from_state ?? 'nothing'}, not ${before ?? 'nothing'}`,
          ],
      isLegalStep(event.from_state, event.to_state)
        ? []
        : [`event ${event.number} goes from ${event.from_state ?? 'nothing'} to ${event.to_state}`],
    ].flat();
  });
  const last = events.at(-1);
  return [
    ...problems,
    ...(last?.to_state === state
      ? []
      : [`the last event says ${last?.to_state ?? 'nothing'}, the task ${state}`]),
    ...(last?.number === lastEvent
      ? []
      : [`the task counts ${lastEvent} events, there are ${events.length}`]),
  ];
}

const PROOFS: readonly Proof[] = [
  allTerminal,
  statesTrue,
  neverTwoPods,
  recordedBeforeRunning,
  runOnce,
  auditComplete,
  nothingLeft,
  endsStay,
  eventsLegal,
];

/** What all proofs find. */
export function findViolations(evidence: Evidence): readonly Violation[] {
  return PROOFS.flatMap((prove) => prove(evidence));
}
