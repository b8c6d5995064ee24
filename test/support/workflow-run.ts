/** Runs `runTask` on a real Temporal server with activities that play a script. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { CompleteAsyncError } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';

import type { Activities } from '../../activities/index.ts';
import type { EnsureResult, SettleResult } from '../../activities/results.ts';
import { createWaitCompleter } from '../../src/temporal/completer.ts';
import type { PodClass } from '../../src/tes/observation.ts';
import type { RunTaskInput } from '../../workflows/run-task.ts';

/** What the scripted activities answer, call by call; the last answer repeats. */
export interface Script {
  readonly ensurePod: readonly EnsureResult[];
  readonly settleAttempt?: readonly SettleResult[];
  /** Answers of `awaitPod` that come at once; without one it waits to be completed from outside. */
  readonly awaitPod?: readonly (PodClass | 'wait')[];
}

/** What one run has otherwise. */
export interface RunOptions {
  /** Done after the start, before there is a worker. */
  readonly beforeWorker?: (handle: WorkflowHandle) => Promise<void>;
  /** The activities as the worker gets them. */
  readonly around?: (activities: Activities) => Activities;
  /** Further members of the workflow's input. */
  readonly input?: Partial<RunTaskInput>;
}

/** One call of an activity as the script saw it. */
export interface Call {
  readonly activity: keyof Activities;
  readonly input: unknown;
}

/** A running task workflow. */
export interface ScriptedRun {
  readonly taskId: string;
  readonly handle: WorkflowHandle;
  readonly calls: Call[];
  /** Resolves once the activity was called for the nth time. */
  called(activity: keyof Activities, times?: number): Promise<void>;
  complete(number: number, seen: PodClass): Promise<boolean>;
  names(): string[];
}

/** A server connection with one bundle, for all tests of a file. */
export async function createWorkflowBench() {
  const address = process.env['ORRERY_TEST_TEMPORAL_ADDRESS'];
  if (!address) throw new Error('ORRERY_TEST_TEMPORAL_ADDRESS is not set: run npm test');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const completer = createWaitCompleter(client);
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });

  async function withWorker(
    script: Script,
    drive: (run: ScriptedRun) => Promise<void>,
    { beforeWorker, around, input }: RunOptions = {},
  ): Promise<ScriptedRun> {
    const taskId = randomUUID();
    const recorder = createRecorder(script);
    const handle = await client.workflow.start('runTask', {
      workflowId: taskId,
      taskQueue: taskId,
      args: [{ taskId, ...input }],
    });
    await beforeWorker?.(handle);
    const worker = await Worker.create({
      connection: native,
      taskQueue: taskId,
      workflowBundle,
      activities: around?.(recorder.activities) ?? recorder.activities,
    });
    const run: ScriptedRun = {
      taskId,
      handle,
      calls: recorder.calls,
      called: recorder.called,
      names: () => recorder.calls.map(({ activity }) => activity),
      complete: (number, seen) => completer.complete({ taskId, number }, seen),
    };
    await worker.runUntil(drive(run));
    return run;
  }

  return {
    client,
    workflowBundle,
    withWorker,
    async close() {
      await connection.close();
      await native.close();
    },
  };
}

function createRecorder(script: Script) {
  const calls: Call[] = [];
  const waiting: { activity: string; times: number; resolve: () => void }[] = [];

  const count = (activity: string): number =>
    calls.filter((call) => call.activity === activity).length;

  function record(activity: keyof Activities, input: unknown): number {
    calls.push({ activity, input });
    for (const entry of waiting) {
      if (count(entry.activity) >= entry.times) entry.resolve();
    }
    return count(activity) - 1;
  }

  function answer<Answer>(answers: readonly Answer[] | undefined, call: number): Answer {
    const chosen = answers?.[Math.min(call, answers.length - 1)];
    if (chosen === undefined) throw new Error('the script has no answer for this call');
    return chosen;
  }

  const activities: Activities = {
    ensurePod: (input) => Promise.resolve(answer(script.ensurePod, record('ensurePod', input))),
    settleAttempt: (input) =>
      Promise.resolve(answer(script.settleAttempt, record('settleAttempt', input))),
    awaitPod: (input) => {
      const call = record('awaitPod', input);
      const chosen = script.awaitPod?.[call] ?? 'wait';
      if (chosen === 'wait') throw new CompleteAsyncError();
      return Promise.resolve(chosen);
    },
    removePod: (input) => {
      record('removePod', input);
      return Promise.resolve();
    },
    recordWish: (input) => {
      record('recordWish', input);
      return Promise.resolve();
    },
  };

  return {
    calls,
    activities,
    called: (activity: keyof Activities, times = 1): Promise<void> =>
      new Promise((resolve) => {
        if (count(activity) >= times) resolve();
        else waiting.push({ activity, times, resolve });
      }),
  };
}
