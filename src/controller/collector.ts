/** The collector: takes away what nobody needs any more and ends what nobody drives any more. */
import { measureCollectorBlock } from '../telemetry/metrics.ts';
import type { CollectorPorts } from './collector-ports.ts';
import { collectOnce, type RoundResult } from './collector-round.ts';
import type { Finding } from './finding.ts';
import { type Loop, startLoop } from './loop.ts';

/** A running collector. */
export interface Collector extends Loop {
  /**
   * Hands over a task whose workflow Temporal calls closed; a round looks again before it ends the task. What is
   * forgotten here, by a restart or because there are too many, the outbox brings up again.
   */
  noteClosed(taskId: string): Promise<true>;
}

const ROUND_MS = 60_000;
/** So that tasks whose workflows were closed together meet in one round, where they are counted together. */
const GATHER_MS = 10_000;
const MOST_SUSPECTS = 10_000;
const COMMAND = 'orrery collect --dry-run';

/** Starts the loop. Two collectors do no harm: each acts only on what it has just seen itself. */
export function startCollector(ports: CollectorPorts): Collector {
  const suspects = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const wakeSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      loop.wake();
    }, GATHER_MS).unref();
  };

  async function round(): Promise<false> {
    const inHand = [...suspects];
    const unfinished = new Set<string>();
    const result = await collectOnce(ports, {
      suspects: inHand,
      beyondStop: false,
      onOutcome(finding, outcome) {
        ports.logger.info({ ...told(finding), outcome }, 'collected');
        if (finding.what === 'closed' && outcome === 'begun') unfinished.add(finding.taskId);
      },
    });
    report(ports, result);
    if (result.kind === 'blocked') return false;
    for (const taskId of inHand) if (!unfinished.has(taskId)) suspects.delete(taskId);
    if (unfinished.size > 0) wakeSoon();
    return false;
  }

  const loop = startLoop({
    name: 'collector',
    logger: ports.logger,
    pauseMs: ROUND_MS,
    longestPauseMs: ROUND_MS,
    round,
  });
  return {
    wake: () => {
      loop.wake();
    },
    noteClosed(taskId) {
      if (suspects.size < MOST_SUSPECTS) suspects.add(taskId);
      wakeSoon();
      return Promise.resolve(true);
    },
    async stop() {
      clearTimeout(timer);
      await loop.stop();
      measureCollectorBlock(0);
    },
  };
}

function report({ logger }: CollectorPorts, { kind, touched, limit }: RoundResult): void {
  measureCollectorBlock(kind === 'blocked' ? touched : 0);
  if (kind === 'done') return;
  logger.error(
    { touched, limit, command: COMMAND },
    'the collector stopped: it would touch too many tasks at once; look at them with the command, then repeat it with --yes',
  );
}

function told(finding: Finding): object {
  const { what, taskId, step } = finding;
  const pod = finding.what === 'orphan' ? { podName: finding.name, kind: finding.kind } : {};
  return { what, taskId, step, ...pod };
}
