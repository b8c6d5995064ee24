/** Refusals of pods that say something about the cluster, not about the task. */
import { TransientError } from '../errors/tes-error.ts';
import { ApiError } from './api-error.ts';
import type { PodGateway } from './ports.ts';

/** Tells that the pod of a task was refused for now, in Kubernetes' words; it never fails. */
export type TellRefusal = (
  taskId: string,
  refusal: { readonly reason: string; readonly isShared: boolean },
) => Promise<void>;

type Refused = TransientError & { readonly cause: ApiError };

/** True for an answer of the API server itself; whether it may be asked at all is nobody's refusal. */
function isRefused(error: unknown): error is Refused {
  return error instanceof TransientError && error.cause instanceof ApiError;
}

/**
 * What any other pod would be refused for just now: too many requests, a quota that is used up, or a webhook that does not
 * answer. What a policy denies may be this task alone.
 */
function isShared({ status, message }: ApiError): boolean {
  if (status === 429) return true;
  if (status === 403) return /exceeded quota/i.test(message);
  return status >= 500 && /failed calling webhook/i.test(message);
}

/** The same gateway, which tells of refusals before it throws them. */
export function withRefusalsTold(pods: PodGateway, tell: TellRefusal): PodGateway {
  async function told<Result>(taskId: string, create: Promise<Result>): Promise<Result> {
    try {
      return await create;
    } catch (error) {
      if (isRefused(error)) {
        const { cause } = error;
        await tell(taskId, { reason: withoutName(cause.message), isShared: isShared(cause) });
      }
      throw error;
    }
  }
  return {
    ...pods,
    createGated: (plan) => told(plan.taskId, pods.createGated(plan)),
    ensureSecrets: (plan, podUid) => told(plan.taskId, pods.ensureSecrets(plan, podUid)),
  };
}

/** The reason may be told to everybody who waits; whose object was refused is nobody's business. */
function withoutName(message: string): string {
  return message.replace(/^\S+ "[^"]*" is forbidden: /, '');
}
