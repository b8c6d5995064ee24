/** The backend parameters that tasks may carry: their names, what is wrong with a value, and what they mean. */
import type { RetryPolicy } from './retry.ts';
import type { TaskDocument } from './task.ts';

/** How often a task is tried again when the infrastructure fails; 0 switches retries off for this task. */
const MAX_RETRIES = 'max_retries';

const MOST_RETRIES = 10;

/** Names as service-info publishes them; they are compared without letter case. */
export const BACKEND_PARAMETERS: readonly string[] = [MAX_RETRIES];

type Parameters = Readonly<Record<string, string | undefined>>;

/** What is wrong with the values of the known parameters, one sentence part each. */
export function backendParameterFaults(parameters: Parameters): string[] {
  const retries = valueOf(parameters, MAX_RETRIES);
  if (retries === undefined || parseRetries(retries) !== undefined) return [];
  return [
    `has ${MAX_RETRIES} ${JSON.stringify(retries.slice(0, 40))}; give a whole number from 0 to ${MOST_RETRIES}, in quotes`,
  ];
}

/** The policy of one task: its own number of retries, else that of the configuration. */
export function retryPolicyOf(
  { resources }: Pick<TaskDocument, 'resources'>,
  standard: RetryPolicy,
): RetryPolicy {
  const asked = valueOf(resources?.backend_parameters ?? {}, MAX_RETRIES);
  const retries = asked === undefined ? undefined : parseRetries(asked);
  return retries === undefined ? standard : { ...standard, maxAttempts: retries + 1 };
}

function valueOf(parameters: Parameters, wanted: string): string | undefined {
  return Object.entries(parameters).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function parseRetries(text: string): number | undefined {
  const retries = /^\d{1,2}$/.test(text) ? Number(text) : Infinity;
  return retries <= MOST_RETRIES ? retries : undefined;
}
