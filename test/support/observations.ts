/** Builders of what Kubernetes shows, in the shape of Orrery's pods: inputs, executors, outputs. */
import type { Evidence } from '../../src/tes/evidence.ts';
import type {
  ContainerObservation,
  ContainerState,
  NodeObservation,
  PodObservation,
  TerminatedState,
} from '../../src/tes/observation.ts';
import type { Report } from '../../src/tes/report.ts';
import { without } from '../../src/tes/without.ts';

export const NODE: NodeObservation = {
  name: 'node1',
  uid: 'node-uid',
  ready: true,
  outOfService: false,
};

/** A message of a shim, as the kubelet hands it over. */
function message(record: object): string {
  return JSON.stringify(record);
}

/** The record of a command that ended by itself; ran for two seconds. */
export function ranTo(exitCode: number, more: object = {}) {
  return {
    startedAt: '2026-11-21T10:00:05.123456789Z',
    endedAt: '2026-11-21T10:00:07.123456789Z',
    exitCode,
    stdoutBytes: 3,
    stderrBytes: 0,
    ...more,
  };
}

export const SKIPPED = {
  startedAt: '2026-11-21T10:00:08Z',
  endedAt: '2026-11-21T10:00:08Z',
  skipped: true,
};

export const INPUTS_DONE = {
  startedAt: '2026-11-21T10:00:02Z',
  endedAt: '2026-11-21T10:00:03.5Z',
  files: 2,
  bytes: 1536,
};

/** A container that ended; with code 0 and no message unless said otherwise. */
export function ended(more: Partial<TerminatedState> = {}): TerminatedState {
  const exitCode = more.exitCode ?? 0;
  return {
    kind: 'terminated',
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    message: '',
    startedAt: '2026-11-21T10:00:05Z',
    finishedAt: '2026-11-21T10:00:07Z',
    ...more,
  };
}

/** A container whose shim wrote this record and ended. */
export function recorded(record: object, exitCode = 0): TerminatedState {
  return ended({ exitCode, message: message(record) });
}

export const RUNNING: ContainerState = { kind: 'running', startedAt: '2026-11-21T10:00:05Z' };

export function waiting(reason: string, text = ''): ContainerState {
  return { kind: 'waiting', reason, message: text };
}

export const NOT_YET = waiting('PodInitializing');

type Stage = ContainerState | Partial<ContainerObservation>;

/** What each stage is like: `inputs`, any number of executors, `outputs`. */
export interface Stages {
  readonly inputs?: Stage;
  readonly executors?: readonly Stage[];
  readonly outputs?: Stage;
}

function aContainer(name: string, image: string, stage: Stage): ContainerObservation {
  return {
    name,
    image,
    restarts: 0,
    state: { kind: 'none' },
    ...('kind' in stage ? { state: stage } : stage),
  };
}

/** A pod on node1 with one executor; nothing has started unless said otherwise. */
export function aPod(stages: Stages = {}, more: Partial<PodObservation> = {}): PodObservation {
  const executors = stages.executors ?? [NOT_YET];
  return {
    name: 'orrery-task-1',
    uid: 'pod-uid',
    labels: {},
    annotations: {},
    phase: 'Pending',
    createdAt: '2026-11-21T10:00:00Z',
    gated: false,
    held: true,
    nodeName: 'node1',
    scheduledAt: '2026-11-21T10:00:01Z',
    containers: [
      aContainer('inputs', 'orrery/shim:1', stages.inputs ?? recorded(INPUTS_DONE)),
      ...executors.map((stage, index) => aContainer(`executor-${index}`, 'busybox:1', stage)),
      aContainer('outputs', 'orrery/shim:1', stages.outputs ?? NOT_YET),
    ],
    ...more,
  };
}

/** A pod that no node was given yet. */
export function anUnscheduledPod(more: Partial<PodObservation> = {}): PodObservation {
  const pod = aPod({
    inputs: { kind: 'none' },
    executors: [{ kind: 'none' }],
    outputs: { kind: 'none' },
  });
  return { ...without(pod, 'nodeName', 'scheduledAt'), ...more };
}

/** A pod that went through all its stages. */
export function aFinishedPod(records: readonly object[], more: Partial<PodObservation> = {}) {
  return aPod(
    {
      executors: records.map((record) => recorded(record)),
      outputs: recorded({ report: { length: 1, sha256: 'x' }, complete: true }),
    },
    { phase: 'Succeeded', ...more },
  );
}

export function aReport(more: Partial<Report> = {}): Report {
  return {
    version: 1,
    inputs: INPUTS_DONE,
    executors: [{ index: 0, ...ranTo(0), stdout: 'hi\n', stderr: '' }],
    outputs: [],
    warnings: [],
    complete: true,
    startedAt: '2026-11-21T10:00:09Z',
    endedAt: '2026-11-21T10:00:10Z',
    ...more,
  };
}

/** Evidence of a task with as many executors as the pod has. */
export function evidence(more: Partial<Evidence> = {}): Evidence {
  const executors = (more.pod?.containers.length ?? 3) - 2;
  return {
    executors: Array.from({ length: executors }, () => ({
      ignoreError: false,
      image: 'busybox:1',
      memoryLimitBytes: 512_000_000,
    })),
    oomKilled: new Set(),
    preemptible: false,
    retriesOn: true,
    node: NODE,
    ...more,
  };
}

/** Evidence in which the first executor may fail. */
export function forgiving(more: Partial<Evidence>): Evidence {
  const base = evidence(more);
  return {
    ...base,
    executors: base.executors.map((executor, index) => ({ ...executor, ignoreError: index === 0 })),
  };
}
