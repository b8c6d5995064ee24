/** The worker of the bench of sleepers, in a process of its own: the real one, whose activities play a script. */
import { CompleteAsyncError } from '@temporalio/activity';
import { pino } from 'pino';

import type { Activities } from '../../../activities/index.ts';
import { installTemporalRuntime } from '../../../src/temporal/runtime.ts';
import { createTaskWorker } from '../../../src/temporal/worker.ts';

const HOUR_MS = 3_600_000;
const [address = '', taskQueue = '', cache = ''] = process.argv.slice(2);

let asleep = 0;

/** Each task finds a pod that runs for long; what pods and rows cost is measured elsewhere. */
const activities: Activities = {
  ensurePod: () => Promise.resolve({ kind: 'ready', number: 1, wakeInMs: HOUR_MS }),
  awaitPod: () => {
    asleep += 1;
    throw new CompleteAsyncError();
  },
  settleAttempt: () => Promise.resolve({ kind: 'done', state: 'COMPLETE', reason: 'Complete' }),
  removePod: () => Promise.resolve(),
  recordWish: () => Promise.resolve(),
};

installTemporalRuntime(pino({ level: 'warn' }, pino.destination(2)));
const { worker, close } = await createTaskWorker(
  { address, namespace: 'default', taskQueue },
  { activities, identity: 'sleepers', maxCachedWorkflows: Number(cache) },
);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ asleep, rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 });
});
process.once('disconnect', () => {
  worker.shutdown();
});
await worker.run().finally(close);
