/** Completions of `awaitPod` on their way to Temporal. */
import pLimit from 'p-limit';
import type { Logger } from 'pino';

import { countCompletion } from '../telemetry/metrics.ts';
import type { WaitCompleter } from '../temporal/ports.ts';
import type { AttemptRef } from '../tes/attempt.ts';
import type { PodClass } from '../tes/observation.ts';
import { type Delivery, startDelivery } from './delivery.ts';

/** One workflow to wake: its pod got worse. */
export interface Waking {
  readonly attempt: AttemptRef;
  readonly seen: PodClass;
}

const IN_FLIGHT = 16;

/** Completes the waits; one that Temporal did not take is sent again. Keyed by pod name. */
export function startWakingDelivery(completer: WaitCompleter, logger: Logger): Delivery<Waking> {
  const limit = pLimit(IN_FLIGHT);

  /** Where Temporal was set back to an older time, the workflow still waits for the pod of an earlier attempt. */
  async function wake({ attempt, seen }: Waking): Promise<boolean> {
    for (let { number } = attempt; number > 0; number -= 1) {
      if (await completer.complete({ ...attempt, number }, seen)) return true;
    }
    return false;
  }

  async function isDelivered(waking: Waking): Promise<boolean> {
    const { attempt } = waking;
    try {
      const waited = await wake(waking);
      countCompletion(waited ? 'delivered' : 'dropped');
      return true;
    } catch (error) {
      countCompletion('failed');
      logger.debug({ err: error, taskId: attempt.taskId }, 'completion not delivered');
      return false;
    }
  }

  return startDelivery<Waking>({
    name: 'completion',
    logger,
    send: async (batch) => {
      const arrived = new Set<string>();
      const deliver = async ([name, waking]: [string, Waking]): Promise<void> => {
        if (await isDelivered(waking)) arrived.add(name);
      };
      await Promise.all([...batch].map((entry) => limit(deliver, entry)));
      return arrived;
    },
  });
}
