/** The lives of pods, computed from the audit log alone: since when each may run, and since when it cannot any more. */
import { FINALIZER, GATE } from '../../src/tes/attempt.ts';
import type { AuditBody, AuditContainer, AuditEvent } from './audit-log.ts';

/** Instants are epoch milliseconds. */
export interface PodLife {
  readonly name: string;
  readonly uid: string;
  readonly taskId: string;
  readonly attempt: number;
  /** When its gate was lifted: from then on it may run. Absent for a pod that never could. */
  admittedAt?: number;
  /** Where it was sent, and when. */
  nodeName?: string;
  boundAt?: number;
  /** Since when nothing of it can run any more; absent while that is not known. */
  deadAt?: number;
  /** When its kubelet reported that its only main container ended with 0: its outputs are kept. */
  finishedAt?: number;
  /** True when it died with its Node. */
  diedWithNode?: true;
  /** The last phase that was reported. */
  phase?: string;
  /** The containers that were reported to have been started. */
  readonly started: Set<string>;
  /** What happened to it, in order, for people. */
  readonly story: { readonly at: number; readonly text: string }[];
}

/** All pods by task id. */
export type PodLives = ReadonlyMap<string, readonly PodLife[]>;

const NAME = /^orrery-(?<task>[0-9a-f-]{36})-(?<attempt>\d+)$/;
const MOST_CONTAINERS = 6;
const KUBELETS = /^(kubelet|kwok)/;

interface Draft {
  readonly life: PodLife;
  /** Containers that run, as last reported. */
  readonly running: Set<string>;
}

/**
 * Computes the lives. A pod is dead when its kubelet reports with none of its containers running a terminal phase, or
 * that its only main container ended with 0 (restart policy OnFailure), when its kubelet removes it, when its Node was
 * deleted, or when it was deleted without ever having been bound.
 */
export function computeLives(events: readonly AuditEvent[]): PodLives {
  const byUid = new Map<string, Draft>();
  for (const event of events) {
    if (event.resource === 'nodes') noteNode(event, [...byUid.values()]);
    else notePod(event, byUid);
  }
  return Map.groupBy(
    [...byUid.values()].map(({ life }) => life),
    ({ taskId }) => taskId,
  );
}

function noteNode({ verb, name, receivedAt }: AuditEvent, drafts: readonly Draft[]): void {
  if (verb !== 'delete') return;
  for (const { life } of drafts) {
    if (life.nodeName !== name || life.deadAt !== undefined) continue;
    life.deadAt = receivedAt;
    life.diedWithNode = true;
    life.story.push({ at: receivedAt, text: `its node ${name} was deleted` });
  }
}

/** A create carries no uid yet: a life begins with the first request that names one. */
function notePod(event: AuditEvent, byUid: Map<string, Draft>): void {
  const { body, name, answeredAt } = event;
  const { task, attempt } = NAME.exec(name)?.groups ?? {};
  const uid = body?.metadata?.uid ?? body?.preconditions?.uid;
  if (task === undefined || uid === undefined) return;
  const draft: Draft = byUid.get(uid) ?? {
    life: { name, uid, taskId: task, attempt: Number(attempt), started: new Set(), story: [] },
    running: new Set<string>(),
  };
  byUid.set(uid, draft);
  draft.life.story.push({ at: answeredAt, text: describe(event) });
  note(draft, event);
}

function note(draft: Draft, event: AuditEvent): void {
  const { life } = draft;
  switch (`${event.verb} ${event.subresource ?? 'pod'}`) {
    case 'patch pod':
      if (liftsGate(event.body)) life.admittedAt ??= event.answeredAt;
      return;
    case 'create binding':
      life.nodeName = event.body?.target?.name ?? '';
      life.boundAt = event.answeredAt;
      // A request whose connection was cut may have been carried out and be answered with 504: no gate, no binding.
      life.admittedAt ??= event.answeredAt;
      return;
    case 'patch status':
      noteStatus(draft, event);
      return;
    case 'delete pod':
      noteDelete(life, event);
  }
}

/** What its kubelet deletes is dead; what no node ever had is, too. */
function noteDelete(life: PodLife, event: AuditEvent): void {
  if (isKubelet(event) || life.boundAt === undefined) life.deadAt ??= event.receivedAt;
}

function isKubelet({ agent }: AuditEvent): boolean {
  return KUBELETS.test(agent);
}

function noteStatus(draft: Draft, event: AuditEvent): void {
  const { body, receivedAt } = event;
  const { phase, initContainerStatuses = [], containerStatuses = [] } = body?.status ?? {};
  if (phase !== undefined) draft.life.phase = phase;
  for (const container of [...initContainerStatuses, ...containerStatuses]) {
    noteContainer(draft, container);
  }
  if (isKubelet(event)) noteEnd(draft, containerStatuses.some(hasSucceeded), receivedAt);
}

function noteEnd({ life, running }: Draft, hasFinished: boolean, at: number): void {
  if (hasFinished) life.finishedAt ??= at;
  if ((isTerminal(life) || hasFinished) && running.size === 0) life.deadAt ??= at;
}

function noteContainer({ life, running }: Draft, { name, state }: AuditContainer): void {
  if (state === undefined) return;
  const startedAt = state['running']?.startedAt;
  if (startedAt === undefined) running.delete(name);
  else running.add(name);
  if ((startedAt ?? state['terminated']?.startedAt) !== undefined) life.started.add(name);
}

function isTerminal({ phase }: PodLife): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

function hasSucceeded({ state }: AuditContainer): boolean {
  return state?.['terminated']?.exitCode === 0;
}

function liftsGate(body: AuditBody | undefined): boolean {
  return JSON.stringify(body?.spec?.['schedulingGates'] ?? '').includes(GATE);
}

function describe({ verb, subresource, agent, body }: AuditEvent): string {
  const what = subresource === undefined ? verb : `${verb} ${subresource}`;
  return `${what} by ${agent}: ${[...requestDetails(body), ...statusDetails(body)].join(', ')}`;
}

function requestDetails(body: AuditBody | undefined): readonly string[] {
  const { target, gracePeriodSeconds } = body ?? {};
  const isRelease = JSON.stringify(body?.metadata ?? '').includes(FINALIZER);
  return [
    ...(liftsGate(body) ? ['lifts the gate'] : []),
    ...(isRelease ? ['removes the finalizer'] : []),
    ...(target?.name === undefined ? [] : [target.name]),
    ...(gracePeriodSeconds === undefined ? [] : [`grace ${gracePeriodSeconds} s`]),
  ];
}

function statusDetails(body: AuditBody | undefined): readonly string[] {
  const { phase, reason, initContainerStatuses = [], containerStatuses = [] } = body?.status ?? {};
  const containers = [...initContainerStatuses, ...containerStatuses].slice(0, MOST_CONTAINERS);
  return [
    ...[phase, reason].filter((text) => text !== undefined),
    ...containers.map(({ name, state }) => `${name} ${Object.keys(state ?? {}).join('/')}`),
  ];
}
