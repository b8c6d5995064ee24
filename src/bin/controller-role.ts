/** The controller role: dispatcher, watcher and reconciler. */
import { createClosedWorkflowEnder } from '../controller/closed-workflows.ts';
import { startDispatcher } from '../controller/dispatcher.ts';
import { startLoop } from '../controller/loop.ts';
import { startReconciler } from '../controller/reconciler.ts';
import { startRetention } from '../controller/retention.ts';
import { startWatcher } from '../controller/watcher.ts';
import { createPodWatch } from '../kubernetes/list-watch.ts';
import { createWaitCompleter } from '../temporal/completer.ts';
import { createTaskLauncher } from '../temporal/launcher.ts';
import { recogniseEngines } from './engine-identity.ts';
import type { Engines } from './engines.ts';
import type { Role } from './role.ts';
import { createTaskActivities } from './task-activities.ts';

/** Starts the loops once the engines are recognised as ours; until then, and without them, it waits and says why. */
export function startControllerRole(engines: Engines): Role {
  let loops: readonly { stop(): Promise<void> }[] = [];
  let trouble: string | undefined = 'The controller has not seen all pods yet.';

  const starting = startLoop({
    name: 'controller start',
    logger: engines.logger,
    pauseMs: 60_000,
    longestPauseMs: 15_000,
    round: async () => {
      if (loops.length > 0) return false;
      await recogniseEngines(engines);
      loops = await startLoops(engines);
      trouble = undefined;
      return false;
    },
  });

  return {
    checks: [{ role: 'controller', check: () => Promise.resolve(trouble) }],
    async stop() {
      await starting.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

async function startLoops(engines: Engines) {
  const { config, logger, store, temporal, kubernetes } = engines;
  const installation = await store.installation.id();
  const watcher = await startWatcher({
    watch: createPodWatch(
      kubernetes(),
      { namespace: config.kubernetes.namespace, installation },
      { log: logger },
    ),
    projection: store.projection,
    completer: createWaitCompleter(temporal),
    logger,
  });
  const dispatcher = startDispatcher({
    outbox: store.outbox,
    wakes: store.wakes,
    limits: config.dispatch,
    launcher: createTaskLauncher(temporal, config.temporal.taskQueue),
    endClosed: createClosedWorkflowEnder({
      attempts: store.attempts,
      ...createTaskActivities(engines, installation),
      logger,
    }),
    logger,
  });
  const reconciler = startReconciler({
    attempts: store.openAttempts,
    outbox: store.outbox,
    watcher,
    logger,
  });
  const retention = startRetention({
    retention: store.retention,
    days: config.retention.days,
    logger,
  });
  return [reconciler, watcher, dispatcher, retention];
}
