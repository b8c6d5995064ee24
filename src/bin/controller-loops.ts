/** The loops of the controller over the engines of this process. */
import { startCollector } from '../controller/collector.ts';
import { startDispatcher } from '../controller/dispatcher.ts';
import type { Work } from '../controller/lease-term.ts';
import { startReconciler } from '../controller/reconciler.ts';
import { startRetention } from '../controller/retention.ts';
import { startWatcher } from '../controller/watcher.ts';
import { createPodWatch } from '../kubernetes/list-watch.ts';
import { createWaitCompleter } from '../temporal/completer.ts';
import { type Collecting, wireCollector } from './collector-wiring.ts';
import type { Engines } from './engines.ts';
import { createTaskPods } from './task-pods.ts';

/** Starts them all at once; only the reconciler waits, because it compares with what the watcher has listed. */
export function startControllerLoops(engines: Engines, collecting: Collecting): Work {
  const { config, logger, store, temporal } = engines;
  const { namespace } = config.kubernetes;
  const scope = { namespace, installation: collecting.installation };
  const watch = createPodWatch(engines.kubernetes(), scope, { log: logger });
  const collector = startCollector(wireCollector(engines, collecting));
  const dispatcher = startDispatcher({
    outbox: store.outbox,
    wakes: store.wakes,
    limits: config.dispatch,
    launcher: engines.launcher,
    endClosed: (taskId) => collector.noteClosed(taskId),
    logger,
  });
  const { retention } = store;
  const sweeper = startRetention({ retention, days: config.retention.days, logger });

  let stopped = false;
  let trouble: string | undefined = 'The controller has not seen all pods yet.';

  async function watchAndReconcile() {
    const completer = createWaitCompleter(temporal);
    const { projection } = store;
    const nodes = createTaskPods(engines);
    const watcher = await startWatcher({ watch, nodes, projection, completer, logger });
    if (stopped) return [watcher];
    trouble = undefined;
    const { openAttempts: attempts, outbox } = store;
    return [watcher, startReconciler({ attempts, outbox, watcher, logger })];
  }

  const watching = watchAndReconcile();
  return {
    trouble: () => trouble,
    async stop() {
      stopped = true;
      const followers = watching.then((loops) => Promise.all(loops.map((loop) => loop.stop())));
      const loops = [collector, dispatcher, sweeper, watch];
      await Promise.all([followers, ...loops.map((loop) => loop.stop())]);
    },
  };
}
