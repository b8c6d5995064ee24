/** What `/metrics` tells of the tasks. */
import { createTaskGauges, type TaskGauges } from '../api/task-gauges.ts';
import type { Engines } from './engines.ts';

/** The gauges of the database, or undefined when the operator wants no metrics. */
export function createGauges({ config, logger, store }: Engines): TaskGauges | undefined {
  if (!config.observation.metrics) return undefined;
  // A task may have asked for the longest that is allowed.
  const deadlines = { ...config.deadlines, ...config.pods.offers.timeouts };
  return createTaskGauges({ statistics: store.statistics, deadlines, logger });
}
