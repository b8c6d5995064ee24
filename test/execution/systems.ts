/** The servers of the execution suite: one for each set of settings, started when its first case needs it. */
import { startSystem, type System } from '../support/system.ts';

/** Settings that make failures come to their end soon: one attempt, and little patience with what may heal. */
const SETTINGS = {
  ORRERY_MAX_ATTEMPTS: '1',
  ORRERY_PULL_TROUBLE_SECONDS: '3',
  ORRERY_RETRY_BACKOFF_SECONDS: '1',
} as const;

/** Running servers by their settings. */
export interface Systems {
  /** The server with these settings instead of those of the suite. */
  with(settings: Readonly<Record<string, string>> | undefined): Promise<System>;
  stop(): Promise<void>;
}

/** None is started yet. */
export function createSystems(): Systems {
  const systems = new Map<string, Promise<System>>();
  return {
    with(settings = {}) {
      const key = JSON.stringify(Object.entries(settings).toSorted());
      const found = systems.get(key);
      if (found !== undefined) return found;
      const started = startSystem({
        settings: { ...SETTINGS, ...settings },
        name: String(systems.size),
      });
      systems.set(key, started);
      return started;
    },
    async stop() {
      const started = await Promise.allSettled(systems.values());
      const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}
