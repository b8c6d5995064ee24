/** Refusals of pods that say something about the cluster, not about the task. */
import { TransientError } from '../errors/tes-error.ts';
import { ApiError } from './api-error.ts';
import type { PodGateway } from './ports.ts';

/** Tells that the pod of a task was refused, in Kubernetes' words; it never fails. */
export type TellRefusal = (taskId: string, reason: string) => Promise<void>;

/**
 * What any other pod would be refused for just now: too many requests, a quota that is used up, or a webhook that does not
 * answer. What a policy denies may be this task alone.
 */
function isSharedRefusal(error: unknown): error is TransientError & { cause: ApiError } {
  if (!(error instanceof TransientError) || !(error.cause instanceof ApiError)) return false;
  const { status, message } = error.cause;
  if (status === 429) return true;
  if (status === 403) return /exceeded quota/i.test(message);
  return status >= 500 && /failed calling webhook/i.test(message);
}

/** The same gateway, which tells of such refusals before it throws them. */
export function withRefusalsTold(pods: PodGateway, tell: TellRefusal): PodGateway {
  async function told<Result>(taskId: string, create: Promise<Result>): Promise<Result> {
    try {
      return await create;
    } catch (error) {
      if (isSharedRefusal(error)) await tell(taskId, withoutName(error.cause.message));
      throw error;
    }
  }
  return {
    ...pods,
    createGated: (plan) => told(plan.taskId, pods.createGated(plan)),
    ensureSecrets: (plan, podUid) => told(plan.taskId, pods.ensureSecrets(plan, podUid)),
  };
}

/** The reason is told to everybody who waits; whose object was refused is nobody's business. */
function withoutName(message: string): string {
  return message.replace(/^\S+ "[^"]*" is forbidden: /, '');
}
