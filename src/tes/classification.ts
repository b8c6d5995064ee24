/** What became of an attempt: one order of questions, the first that has an answer decides. */
import { disruptionVerdict } from './disruption.ts';
import { endVerdict, verdictOf } from './end-verdict.ts';
import type { Evidence } from './evidence.ts';
import { executorVerdict } from './executor-end.ts';
import type { ContainerObservation } from './observation.ts';
import { overdue } from './overdue.ts';
import { recordsOf, type StageRecords } from './records.ts';
import { endsOf, OUTPUTS, stageOf } from './stages.ts';
import { troubleOf } from './trouble.ts';
import type { Intent, Verdict } from './verdict.ts';
import { stageFailure } from './verdicts.ts';

interface Case {
  readonly evidence: Evidence;
  readonly records: StageRecords;
}

type Question = (given: Case) => Verdict | undefined;

/**
 * Judges an ended attempt. No clocks of two machines are compared, so the order in which things were seen does not matter. Never
 * throws, and always names a final state.
 */
export function classify(evidence: Evidence): Verdict {
  const { executors, pod, report } = evidence;
  const given = { evidence, records: recordsOf({ executors: executors.length, pod, report }) };
  const questions = hasFinished(given) ? FINISHED : UNFINISHED;
  for (const ask of questions) {
    const verdict = ask(given);
    if (verdict !== undefined) return verdict;
  }
  return unexplained(evidence);
}

/** True once `outputs` has done all it could: what deletes the pod afterwards changes nothing. */
function hasFinished({ evidence, records }: Case): boolean {
  const { pod } = evidence;
  if (records.outputs?.complete === true) return true;
  return (
    pod?.phase === 'Succeeded' ||
    endsOf(stageOf(pod, OUTPUTS)).some(({ exitCode }) => exitCode === 0)
  );
}

const inputsFailure: Question = ({ records }) =>
  records.inputs?.failure && stageFailure(records.inputs.failure);

const earliestExecutorFailure: Question = ({ evidence, records }) => {
  for (const [index, record] of records.executors.entries()) {
    const verdict = executorVerdict(evidence, index, record);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
};

const outputsFailure: Question = ({ records }) =>
  records.outputs?.failure && stageFailure(records.outputs.failure);

/**
 * The work is done but nobody can say how it ended: guessing would be a lie, running it again a second run. An
 * incomplete record of `outputs` is no success either, because it uploaded only what it found.
 */
const lostRecord: Question = ({ records }) => {
  const last = records.executors.at(-1);
  const isKnown = last !== undefined && last.skipped !== true;
  if (isKnown && records.outputs?.complete !== false) return undefined;
  return endVerdict('recordLost');
};

const ownDelete: Question = (given) => {
  const { intent } = given.evidence;
  switch (intent?.kind) {
    case undefined:
    case 'clean-up':
      return undefined;
    case 'cancel':
      return endVerdict('canceled');
    case 'deadline':
      return {
        ...overdue(intent.deadline, given.evidence),
        ...(intent.message !== undefined && { message: intent.message }),
      };
    case 'trouble':
      return ownDeleteForTrouble(given, intent);
  }
};

/** A stage that could not start after the task had already failed must not hide that failure. */
function ownDeleteForTrouble(given: Case, intent: Extract<Intent, { kind: 'trouble' }>): Verdict {
  const earlier = inputsFailure(given) ?? earliestExecutorFailure(given);
  if (earlier?.retryable === false) return earlier;
  const { code, message, final } = intent;
  return verdictOf(final ? 'bad-task' : 'infrastructure', { code, message });
}

const imageTrouble: Question = ({ evidence: { pod } }) => {
  const trouble = pod && troubleOf(pod);
  if (trouble === undefined) return undefined;
  const { kind, code, message } = trouble;
  return verdictOf(kind === 'bad-task' ? kind : 'infrastructure', { code, message });
};

const FINISHED: readonly Question[] = [
  inputsFailure,
  earliestExecutorFailure,
  outputsFailure,
  lostRecord,
  () => endVerdict('complete'),
];

const UNFINISHED: readonly Question[] = [
  ownDelete,
  ({ evidence }) => disruptionVerdict(evidence),
  earliestExecutorFailure,
  inputsFailure,
  outputsFailure,
  imageTrouble,
];

function unexplained({ pod }: Evidence): Verdict {
  const facts = [
    `phase ${pod?.phase ?? 'unknown'}`,
    ...(pod?.reason === undefined ? [] : [`reason ${pod.reason}`]),
    ...(pod?.containers ?? []).map(describe),
  ].join(', ');
  return endVerdict('unexplained', { facts, said: pod?.message });
}

function describe({ name, state }: ContainerObservation): string {
  switch (state.kind) {
    case 'terminated':
      return `${name} ended with ${state.exitCode} ${state.reason}`.trimEnd();
    case 'waiting':
      return `${name} waiting ${state.reason}`.trimEnd();
    case 'none':
    case 'running':
      return `${name} ${state.kind}`;
  }
}
