import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';

import { reconcile } from '../../../src/controller/reconciler.ts';
import { remind } from '../../../src/controller/watched-pods.ts';
import { startWatcher, type Watcher } from '../../../src/controller/watcher.ts';
import type { PodWatch } from '../../../src/kubernetes/ports.ts';
import type { OpenAttempt, Sighting } from '../../../src/store/ports.ts';
import { LABELS, podName } from '../../../src/tes/attempt.ts';
import type { PodObservation } from '../../../src/tes/observation.ts';
import {
  aFinishedPod,
  anUnscheduledPod,
  aPod,
  ended,
  ranTo,
  RUNNING,
} from '../../support/observations.ts';
import { until } from '../../support/until.ts';

type Handlers = Parameters<PodWatch['start']>[0];

const TASK = '01a1fdba-68be-7083-bf2a-623665beea2f';
const ATTEMPT = { taskId: TASK, number: 1 };
const NAME = podName(ATTEMPT);
const logger = pino({ level: 'silent' });

function ours(pod: PodObservation): PodObservation {
  return { ...pod, name: NAME, labels: { [LABELS.task]: TASK, [LABELS.attempt]: '1' } };
}

const RUNNING_POD = ours(aPod({ inputs: ended(), executors: [RUNNING] }));
const TROUBLED_POD = ours(
  aPod({ inputs: { kind: 'waiting', reason: 'ImagePullBackOff', message: 'no such image' } }),
);
const FINISHED_POD = ours(aFinishedPod([ranTo(0)]));

const NODE = RUNNING_POD.nodeName ?? '';
const sound = (name: string) => ({ name, uid: 'n', ready: true, outOfService: false });
const silent = { ...sound(NODE), ready: false };

describe('the watcher', () => {
  let handlers: Handlers;
  let watcher: Watcher;
  let completions: string[];
  let sightings: Sighting[];
  let waits: string[];
  let delivered: () => Promise<void>;
  let temporalIsDown: boolean;

  beforeEach(async () => {
    completions = [];
    sightings = [];
    waits = [];
    temporalIsDown = false;
    let settle: (() => void) | undefined;
    delivered = () => new Promise((resolve) => (settle = resolve));
    const told = (): Promise<void> => {
      settle?.();
      return Promise.resolve();
    };
    watcher = await startWatcher({
      logger,
      watch: {
        start: (given) => {
          handlers = given;
          return Promise.resolve();
        },
        stop: () => Promise.resolve(),
      },
      nodes: { node: (name) => Promise.resolve({ ...sound(name), uid: 'uid that was asked' }) },
      projection: {
        advance: (batch) => {
          sightings.push(...batch);
          return told();
        },
        recordWaits: (batch) => {
          waits.push(...batch.map(({ reason }) => reason));
          return told();
        },
        recordOomKills: () => told(),
      },
      completer: {
        complete: async ({ taskId, number }, seen) => {
          const refuses = temporalIsDown;
          if (!refuses) completions.push(`${taskId}/${number} ${seen}`);
          await told();
          if (refuses) throw new Error('no Temporal today');
          return true;
        },
      },
    });
  });

  afterEach(() => watcher.stop());

  /** Makes something happen that wakes a workflow, and waits until it did. */
  async function wakes(happen: () => void): Promise<void> {
    const before = completions.length;
    happen();
    await until(() => completions.length > before, {
      what: 'a workflow is woken',
      withinMs: 5_000,
      everyMs: 5,
    });
  }

  it('writes INITIALIZING before RUNNING, with the times that the pod shows', async () => {
    const done = delivered();
    handlers.onPod(RUNNING_POD);
    await done;

    expect(sightings.map(({ state, at }) => [state, at.toISOString()])).toEqual([
      ['INITIALIZING', '2026-11-21T10:00:01.000Z'],
      ['RUNNING', '2026-11-21T10:00:05.000Z'],
    ]);
    expect(completions).toEqual([]);
  });

  it('wakes the workflow of a pod that ended, once, however often it is seen', async () => {
    const done = delivered();
    handlers.onPod(FINISHED_POD);
    handlers.onPod(FINISHED_POD);
    await done;
    handlers.onPod(FINISHED_POD);
    await watcher.stop();

    expect(completions).toEqual([`${TASK}/1 ended`]);
  });

  it('wakes the workflow of a pod that is missing from a list', async () => {
    handlers.onPod(RUNNING_POD);
    const done = delivered();
    handlers.onPodsListed(new Set());
    await done;
    await watcher.stop();

    expect(completions).toEqual([`${TASK}/1 gone`]);
  });

  it('wakes the workflows of the pods on a node that is lost', async () => {
    handlers.onPod(RUNNING_POD);
    await wakes(() => {
      handlers.onNode(silent);
    });

    expect(completions).toEqual([`${TASK}/1 node-lost`]);
  });

  it.each<[string, () => void]>([
    [
      'is deleted',
      () => {
        handlers.onNodeGone(silent);
      },
    ],
    [
      'is missing from a list',
      () => {
        handlers.onNodesListed(new Set(['another']));
      },
    ],
    [
      'is put out of service',
      () => {
        handlers.onNode({ ...silent, outOfService: true });
      },
    ],
    [
      'has another one in its place',
      () => {
        handlers.onNode({ ...sound(NODE), uid: 'another' });
      },
    ],
  ])('wakes them once more when that node %s, which proves their death', async (_what, happen) => {
    handlers.onPod(RUNNING_POD);
    await wakes(() => {
      handlers.onNode(silent);
    });

    await wakes(happen);

    expect(completions).toEqual([`${TASK}/1 node-lost`, `${TASK}/1 node-lost`]);
  });

  it('wakes the workflow for trouble that comes back after it had healed', async () => {
    await wakes(() => {
      handlers.onPod(TROUBLED_POD);
    });
    handlers.onPod(RUNNING_POD);

    await wakes(() => {
      handlers.onPod(TROUBLED_POD);
    });

    expect(completions).toEqual([`${TASK}/1 trouble`, `${TASK}/1 trouble`]);
  });

  it('wakes the workflow for a node that is lost after it had come back', async () => {
    handlers.onPod(RUNNING_POD);
    await wakes(() => {
      handlers.onNode(silent);
    });
    handlers.onNode(sound(NODE));

    await wakes(() => {
      handlers.onNode(silent);
    });

    expect(completions).toEqual([`${TASK}/1 node-lost`, `${TASK}/1 node-lost`]);
  });

  it('wakes the workflow at each step for the worse of pod or node, in whatever order they come', async () => {
    const events = {
      'the pod is well': { pod: 0 },
      'the pod is in trouble': { pod: 1 },
      'the node is well': { node: 0 },
      'the node is silent': { node: 2 },
      'the node is out of service': { node: 3 },
    } satisfies Record<string, { pod?: number; node?: number }>;
    const happen = (name: keyof typeof events, uid: string): void => {
      const pods = { 'the pod is well': RUNNING_POD, 'the pod is in trouble': TROUBLED_POD };
      const nodes = {
        'the node is well': sound(NODE),
        'the node is silent': silent,
        'the node is out of service': { ...silent, outOfService: true },
      };
      if (name in pods) handlers.onPod({ ...pods[name as keyof typeof pods], uid });
      else handlers.onNode(nodes[name as keyof typeof nodes]);
    };
    const anyEvents = fc.array(
      fc.constantFrom(...(Object.keys(events) as (keyof typeof events)[])),
      {
        maxLength: 12,
      },
    );
    let runs = 0;

    await fc.assert(
      fc.asyncProperty(anyEvents, async (names) => {
        runs += 1;
        const uid = `pod ${runs}`;
        happen('the node is well', uid);
        happen('the pod is well', uid);
        let worst = { pod: 0, node: 0 };
        for (const name of names) {
          const next = { ...worst, ...events[name] };
          const isWorse = Math.max(next.pod, next.node) > Math.max(worst.pod, worst.node);
          worst = next;
          if (isWorse)
            await wakes(() => {
              happen(name, uid);
            });
          else happen(name, uid);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('tells which node a pod is bound to as the API server says it, whatever the watch saw before', async () => {
    handlers.onNode({ ...sound(NODE), uid: 'uid of an older node' });
    const done = delivered();
    handlers.onPod(RUNNING_POD);
    await done;

    const node = { name: NODE, uid: 'uid that was asked' };
    expect(sightings).toMatchObject([{ node }, { node }]);
  });

  it('keeps a completion that Temporal did not take until it does', async () => {
    temporalIsDown = true;
    const refused = delivered();
    handlers.onPod(FINISHED_POD);
    await refused;
    const taken = delivered();
    temporalIsDown = false;
    await taken;
    await watcher.stop();

    expect(completions).toEqual([`${TASK}/1 ended`]);
  });

  it('tells the words of the scheduler once a minute at most', async () => {
    const done = delivered();
    handlers.onPod(ours(anUnscheduledPod({ unschedulable: 'no cpu' })));
    handlers.onPod(ours(anUnscheduledPod({ unschedulable: 'no memory' })));
    await done;
    await watcher.stop();

    expect(waits).toEqual(['The task waits for a node: no cpu']);
  });

  it('leaves a pod alone that is none of ours', async () => {
    handlers.onPod(aFinishedPod([ranTo(0)]));
    await watcher.stop();

    expect([completions, sightings]).toEqual([[], []]);
  });

  describe('and the reconciler', () => {
    async function round(open: readonly OpenAttempt[]): Promise<void> {
      const attempts = {
        listOpen: (after: string | undefined) => Promise.resolve(after === undefined ? open : []),
      };
      await reconcile({ attempts, watcher, logger, outbox: { revive: () => Promise.resolve(0) } });
    }

    it('wake an ended pod whose attempt is still open, because its completion may have been lost', async () => {
      const first = delivered();
      handlers.onPod(FINISHED_POD);
      await first;
      const again = delivered();
      await round([{ ...ATTEMPT, uid: FINISHED_POD.uid }]);
      await again;

      expect(completions).toEqual([`${TASK}/1 ended`, `${TASK}/1 ended`]);
    });

    it('remind of what does not end after ten minutes, not each round', () => {
      const pod = { told: 'trouble', remindedAt: undefined } as unknown as Parameters<
        typeof remind
      >[0];
      const rounds = [0, 1, 9, 10, 11, 20].map((minute) => remind(pod, minute * 60_000));

      expect(rounds.map((told) => told === 'trouble')).toEqual([
        true,
        false,
        false,
        true,
        false,
        true,
      ]);
    });

    it('wake an attempt whose pod nobody sees, and leave a fresh one alone', async () => {
      handlers.onPod(RUNNING_POD);
      await round([{ ...ATTEMPT, uid: RUNNING_POD.uid }]);
      const done = delivered();
      await round([{ ...ATTEMPT, uid: 'another uid' }]);
      await done;
      await watcher.stop();

      expect(completions).toEqual([`${TASK}/1 gone`]);
    });
  });
});
