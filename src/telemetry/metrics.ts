/** What this process counts for Prometheus: one registry a process, as prom-client means it. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { TaskState } from '../tes/state.ts';

const registry = new Registry();
const registers = [registry];

const requests = new Histogram({
  name: 'tes_request_duration_seconds',
  help: 'How long requests took, by operation and HTTP status.',
  labelNames: ['operation', 'status'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers,
});

const transitions = new Counter({
  name: 'tes_transitions_total',
  help: 'Changes of state that this process wrote, by the new state.',
  labelNames: ['state'] as const,
  registers,
});

const completions = new Counter({
  name: 'tes_completions_total',
  help: 'Workflows to be woken because their pod changed: delivered, dropped (nobody waited) or failed (is tried again).',
  labelNames: ['outcome'] as const,
  registers,
});

const activityFailures = new Counter({
  name: 'tes_activity_failures_total',
  help: 'Failed activities, by activity and outcome: outage (tried again for ever), fault (a bug, tried again for an hour) or given-up (the task was ended).',
  labelNames: ['activity', 'outcome'] as const,
  registers,
});

const rounds = new Counter({
  name: 'tes_loop_rounds_total',
  help: 'Rounds of the loops of worker and controller, by loop and outcome: done or failed.',
  labelNames: ['loop', 'outcome'] as const,
  registers,
});

const collectorBlock = new Gauge({
  name: 'tes_collector_blocked',
  help: 'Tasks that the collector of this process would touch and does not, because they are too many at once; a human must look.',
  registers,
});

const endedPods = new Set<() => number>();
new Gauge({
  name: 'tes_pods_stuck',
  help: 'Pods that ended more than five minutes ago, as the watcher of this process saw it, and are still there.',
  registers,
  collect() {
    this.set([...endedPods].reduce((sum, count) => sum + count(), 0));
  },
});

const lease = new Gauge({
  name: 'tes_controller_lease',
  help: '1 while this process is the active controller, else 0.',
  registers,
});

/** Adds what Node tells of the process itself: CPU, memory, event loop, garbage collection. Once a process. */
export function measureProcess(): void {
  collectDefaultMetrics({ register: registry });
}

/** A request was answered. `operation` is undefined where there is no route. */
export function countRequest(request: {
  readonly operation: string | undefined;
  readonly status: number;
  readonly seconds: number;
}): void {
  const { operation = 'none', status, seconds } = request;
  requests.observe({ operation, status }, seconds);
}

/** A task came into a state. */
export function countTransition(state: TaskState): void {
  transitions.inc({ state });
}

/** A workflow was told of its pod, or not. */
export function countCompletion(outcome: 'delivered' | 'dropped' | 'failed'): void {
  completions.inc({ outcome });
}

/** An activity failed. */
export function countActivityFailure(
  activity: string,
  outcome: 'outage' | 'fault' | 'given-up',
): void {
  activityFailures.inc({ activity, outcome });
}

/** A round of a loop ended. */
export function countRound(loop: string, outcome: 'done' | 'failed'): void {
  rounds.inc({ loop, outcome });
}

/** This process has become the active controller, or is it no longer. */
export function measureLease(isActive: boolean): void {
  lease.set(isActive ? 1 : 0);
}

/** Lets `/metrics` ask how many pods ended long ago and are still there; returns the end of that. */
export function measureEndedPods(count: () => number): () => void {
  endedPods.add(count);
  return () => {
    endedPods.delete(count);
  };
}

/** How many tasks the collector would touch and leaves to a human; 0 when it works. */
export function measureCollectorBlock(tasks: number): void {
  collectorBlock.set(tasks);
}

/** Everything counted so far, in the text format of Prometheus. */
export function printMetrics(): Promise<string> {
  return registry.metrics();
}
