import type { ActivityPorts } from './index.ts';

/** Records a cancel that reached the workflow directly, for instance from the Temporal UI. */
export function createRecordWish({ attempts }: Pick<ActivityPorts, 'attempts'>) {
  return async function recordWish({ taskId }: { taskId: string }): Promise<void> {
    await attempts.recordWish(taskId);
  };
}
