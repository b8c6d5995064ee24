/** The watcher of the controller in a process of its own, with nobody else's memory; rows and workflows are left alone. */
import { pino } from 'pino';

import { startWatcher } from '../../../src/controller/watcher.ts';
import { createApiClient } from '../../../src/kubernetes/api-client.ts';
import { loadKubeConfig } from '../../../src/kubernetes/kube-config.ts';
import { createPodWatch } from '../../../src/kubernetes/list-watch.ts';
import type { Look } from './watching.ts';

const [kubeconfig = '', namespace = '', installation = ''] = process.argv.slice(2);
const api = createApiClient(loadKubeConfig({ kind: 'file', path: kubeconfig }));
const logger = pino({ level: 'warn' }, pino.destination(2));
let running = 0;

const begun = performance.now();
const watcher = await startWatcher({
  watch: createPodWatch(api, { namespace, installation }, { log: logger }),
  nodes: { node: () => Promise.resolve(undefined) },
  projection: {
    advance: (sightings) => {
      running += sightings.filter(({ state }) => state === 'RUNNING').length;
      return Promise.resolve();
    },
    recordWaits: () => Promise.resolve(),
    recordOomKills: () => Promise.resolve(),
  },
  completer: { complete: () => Promise.resolve(true) },
  logger,
});
const listMs = performance.now() - begun;

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed: heap, rss } = process.memoryUsage();
  process.send?.({ running, listMs, heap, rss } satisfies Look);
});
process.once('disconnect', () => {
  void watcher.stop().then(() => {
    api.close();
  });
});
