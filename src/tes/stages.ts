/** The stages of a pod by name, and what their statuses say about starts and ends. */
import type { ContainerObservation, PodObservation, TerminatedState } from './observation.ts';

/** The first stage: installs the shim, fetches inputs. */
export const INPUTS = 'inputs';

/** The last stage: uploads outputs, prints the report. */
export const OUTPUTS = 'outputs';

/** The container name of an executor; `index` counts from 0 as in the task document. */
export function executorStage(index: number): string {
  return `executor-${index}`;
}

/** The executor a container runs, or undefined for a stage of our own. */
export function executorIndex(name: string): number | undefined {
  const digits = /^executor-(\d+)$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The container of that name. */
export function stageOf(
  pod: PodObservation | undefined,
  name: string,
): ContainerObservation | undefined {
  return pod?.containers.find((container) => container.name === name);
}

/** The ends of a container that its statuses still hold, newest first. */
export function endsOf(container: ContainerObservation | undefined): readonly TerminatedState[] {
  if (container === undefined) return [];
  const { state, last } = container;
  return [...(state.kind === 'terminated' ? [state] : []), ...(last === undefined ? [] : [last])];
}

/** The exit code of a stage of ours that was asked to stop. */
export const STOPPED_EXIT_CODE = 143;

/** Reasons under which Kubernetes reports an end although no process of the container ever ran. */
export const NEVER_RAN: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

/** True once a process of the container has run, whatever became of it. */
export function hasStarted(container: ContainerObservation | undefined): boolean {
  if (container?.state.kind === 'running') return true;
  return endsOf(container).some((end) => !NEVER_RAN.has(end.reason));
}

/**
 * The container whose turn it is: the first that has not ended with 0. Containers after it have no say yet,
 * because the stages run strictly one after another.
 */
export function currentStage(pod: PodObservation): ContainerObservation | undefined {
  return pod.containers.find(({ state }) => state.kind !== 'terminated' || state.exitCode !== 0);
}

/** Since when it has been the turn of that container (RFC 3339): its predecessor's end, or the binding. */
export function turnSince(pod: PodObservation, name: string): string | undefined {
  const position = pod.containers.findIndex((container) => container.name === name);
  const before = position > 0 ? pod.containers[position - 1] : undefined;
  const end = before?.state.kind === 'terminated' ? before.state.finishedAt : undefined;
  return end ?? pod.scheduledAt;
}
