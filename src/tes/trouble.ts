/** Why a pod does not get on: images that cannot be had, containers that cannot be made or keep crashing. */
import { endFinding, type Finding } from './end-verdict.ts';
import { ENDS, type EndWay } from './ends.ts';
import { PULL_REASONS, pullFailureOf } from './image-pull.ts';
import type { ContainerObservation, PodObservation } from './observation.ts';
import { nameStage } from './sentences.ts';
import { currentStage, endsOf, executorIndex, NEVER_RAN, turnSince } from './stages.ts';

/** Restarts of one stage after which it is given up. */
const MAX_RESTARTS = 5;

/**
 * `bad-task` and `infrastructure` end the attempt at once; `healing` is given some patience first.
 * `message` is one sentence for the user; `since` is the RFC 3339 time since which the stage has had its turn.
 */
export interface Trouble {
  readonly kind: 'bad-task' | 'infrastructure' | 'healing';
  readonly code: string;
  readonly message: string;
  readonly since?: string;
}

/**
 * The trouble of the stage whose turn it is, or undefined while nothing is wrong. Later stages wait with
 * PodInitializing and are not looked at: their images can neither hide nor cause anything yet.
 */
export function troubleOf(pod: PodObservation): Trouble | undefined {
  const container = currentStage(pod);
  if (container === undefined || container.state.kind === 'running') return undefined;
  const found = pullTrouble(container) ?? creationTrouble(container) ?? restartTrouble(container);
  const since = turnSince(pod, container.name);
  return found && { ...found, ...(since !== undefined && { since }) };
}

function pullTrouble(container: ContainerObservation): Trouble | undefined {
  const { state } = container;
  if (state.kind !== 'waiting' || !PULL_REASONS.has(state.reason)) return undefined;
  const way = pullFailureOf(state.message);
  // A missing image of our own is the operator's to mend, not the user's.
  const kind = ENDS[way].class === 'bad-task' && isUsers(container) ? 'bad-task' : 'healing';
  return { kind, ...findingOf(way, container, state.message) };
}

/** The reasons under which a container cannot be made or started. */
const CREATION: Readonly<Record<string, EndWay>> = {
  InvalidImageName: 'imageInvalid',
  ErrImageNeverPull: 'imageNotPresent',
  SignatureValidationFailed: 'imageSignatureInvalid',
  CreateContainerConfigError: 'containerConfigInvalid',
  CreateContainerError: 'containerCreateFailed',
  RunContainerError: 'containerStartFailed',
  StartError: 'containerStartFailed',
  ContainerCannotRun: 'containerStartFailed',
};

/** Texts of a container runtime that is short of something for the moment. */
const PASSING =
  /context deadline exceeded|DeadlineExceeded|is reserved for|resource temporarily unavailable|too many open files|connection refused|transport is closing|no space left/i;

function creationTrouble(container: ContainerObservation): Trouble | undefined {
  const problem = creationProblem(container);
  const way = problem && CREATION[problem.reason];
  if (problem === undefined || way === undefined) return undefined;
  const final = isUsers(container) ? 'bad-task' : 'infrastructure';
  return {
    kind: PASSING.test(problem.message) ? 'healing' : final,
    ...findingOf(way, container, problem.message),
  };
}

function findingOf(way: EndWay, { image, name }: ContainerObservation, said: string): Finding {
  return endFinding(way, { image, container: name, said });
}

/** The waiting reason, or behind a restart loop the end that led to it when no process ever ran. */
function creationProblem(
  container: ContainerObservation,
): { readonly reason: string; readonly message: string } | undefined {
  const { state } = container;
  if (state.kind === 'waiting' && state.reason in CREATION) return state;
  return endsOf(container)
    .slice(0, 1)
    .find((end) => NEVER_RAN.has(end.reason));
}

function restartTrouble(container: ContainerObservation): Trouble | undefined {
  const { restarts } = container;
  if (restarts <= MAX_RESTARTS) return undefined;
  const end = endsOf(container)[0];
  const [kind, way] = isUsers(container)
    ? (['bad-task', 'restartLoop'] as const)
    : (['infrastructure', 'stageCrashed'] as const);
  return {
    kind,
    ...endFinding(way, {
      stage: nameStage(container),
      restarts,
      lastEnd: end && `${end.exitCode} (${end.reason})`,
    }),
  };
}

function isUsers(container: ContainerObservation): boolean {
  return executorIndex(container.name) !== undefined;
}
