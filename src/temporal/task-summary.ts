/** What the Temporal UI says of a task from its start: what it runs, never for whom, with which files or secrets. */

/** What may be shown there. */
export interface TaskSummary {
  readonly name?: string;
  /** Of the first executor. */
  readonly image: string;
  readonly executors: number;
  readonly cpuCores?: number;
  readonly ramGb?: number;
}

const SUMMARY_BYTES = 200;
const KEYWORD_LENGTH = 255;

/** One line; Temporal takes no more than 200 bytes. */
export function summaryLine(task: TaskSummary): string {
  const image = task.image.split('/').at(-1)?.split('@')[0] ?? task.image;
  const resources = [
    ...(task.cpuCores === undefined ? [] : [`${task.cpuCores} CPU`]),
    ...(task.ramGb === undefined ? [] : [`${task.ramGb} GB`]),
  ].join(', ');
  const parts = [task.name?.slice(0, 80), image, resources].filter((part) => part);
  return cut(parts.join(' · '), SUMMARY_BYTES);
}

/** Markdown. */
export function summaryDetails(taskId: string, task: TaskSummary): string {
  return [
    `Task \`${taskId}\``,
    `* image of the first executor: \`${task.image.replaceAll('`', '')}\``,
    `* executors: ${task.executors}`,
    `* its pods: \`kubectl get pods -l orrery.dev/task=${taskId}\``,
  ].join('\n');
}

/** The image as a search attribute, whose column is that short. */
export function imageKeyword({ image }: TaskSummary): string {
  return image.slice(0, KEYWORD_LENGTH);
}

function cut(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  return whole.length <= bytes
    ? text
    : new TextDecoder().decode(whole.subarray(0, bytes - 3)).replace(/\uFFFD$/, '');
}
