/** When pods were seen in which state, by a watch of our own. */
import { performance } from 'node:perf_hooks';

import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { followResource } from '../../src/kubernetes/follow-resource.ts';
import type { ContainerStatus, Pod } from '../../src/kubernetes/objects.ts';
import { type StageTimes, stageTimesOf } from './stage-times.ts';

const MOMENTS = ['admitted', 'scheduled', 'started', 'ended'] as const;

/** Gate lifted; node chosen; the user's container running or over; the last container over. */
export type Moment = (typeof MOMENTS)[number];

/** The phase is terminal, which the kubelet writes a while after the end of the last container. */
const CLOSED = 'closed';

/** The first time a pod was seen so, in milliseconds of `performance.now()`. A task's pod knows its stages too. */
export type PodTimes = Readonly<Record<Moment, number>> & { readonly stages?: StageTimes };

/** A running watch. */
export interface PodClock {
  /** Waits until the pod has ended and tells its times. */
  times(name: string): Promise<PodTimes>;
  /** Waits until the phase of the pod is terminal and tells when that was. */
  closed(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** The containers that run a user's command: in a task's first executor and in a bare pod. */
const USER_CONTAINERS = ['executor-0', 'command'];
const PATIENCE_MS = 300_000;

/** Watches the pods below this path of the API; resolves once the watch is there. */
export async function startPodClock(api: ApiClient, path: string): Promise<PodClock> {
  const stopping = new AbortController();
  const seen = new Map<string, PromiseWithResolvers<number>>();
  const moment = (name: string, which: Moment | typeof CLOSED): PromiseWithResolvers<number> => {
    const key = `${which} ${name}`;
    const known = seen.get(key) ?? Promise.withResolvers<number>();
    seen.set(key, known);
    return known;
  };
  const stages = new Map<string, StageTimes>();
  const look = (pod: Pod): void => {
    const now = performance.now();
    const name = pod.metadata?.name ?? '';
    const times = HAS_REACHED.ended(pod) ? stageTimesOf(pod) : undefined;
    if (times !== undefined) stages.set(name, times);
    for (const which of [...MOMENTS, CLOSED] as const) {
      if (HAS_REACHED[which](pod)) moment(name, which).resolve(now);
    }
  };
  const { listed, ended } = followResource<Pod>({
    api,
    path: `${path}/pods`,
    optional: false,
    signal: stopping.signal,
    log: { warn: () => undefined },
    onItem: look,
    onGone: look,
  });
  await listed;
  return {
    async times(name) {
      const all = Promise.all(
        MOMENTS.map(async (which) => [which, await moment(name, which).promise] as const),
      );
      const seen = Object.fromEntries(await withinPatience(all, name));
      const own = stages.get(name);
      return { ...(seen as unknown as PodTimes), ...(own !== undefined && { stages: own }) };
    },
    closed: (name) => withinPatience(moment(name, CLOSED).promise, name),
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

const HAS_REACHED: Readonly<Record<Moment | typeof CLOSED, (pod: Pod) => boolean>> = {
  admitted: ({ spec }) => (spec?.schedulingGates ?? []).length === 0,
  scheduled: ({ spec }) => spec?.nodeName !== undefined,
  started: ({ status }) => containersOf(status).some(isUsersAndStarted),
  ended: ({ status }) => status?.containerStatuses?.[0]?.state?.terminated !== undefined,
  closed: ({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed',
};

function isUsersAndStarted({ name, state }: ContainerStatus): boolean {
  return USER_CONTAINERS.includes(name) && (state?.running ?? state?.terminated) !== undefined;
}

function containersOf(status: Pod['status']): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

async function withinPatience<T>(work: Promise<T>, name: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`pod ${name} has not ended after ${PATIENCE_MS / 1000} s`));
  }, PATIENCE_MS);
  return Promise.race([work, promise]).finally(() => {
    clearTimeout(timer);
  });
}
