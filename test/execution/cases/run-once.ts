/** Commands run once, whatever is killed around them. */
import { setTimeout as pause } from 'node:timers/promises';

import { executorStage, stageOf } from '../../../src/tes/stages.ts';
import { KILL_ALL, KILL_PAUSE, KILL_SHIM, STOP_SHIM } from '../../support/kill-container.ts';
import { signalKubelet } from '../../support/kubelet.ts';
import type { Chapter, Scene } from '../case.ts';
import { runningPod } from '../hands.ts';
import { leaving, NOTE, sh, shells, type TaskOf } from '../tasks.ts';

const SLEEP = 'sleep 300';

/** Scripts that leave what they note at /out/o under this name. */
const noting =
  (name: string, scripts: readonly string[]): TaskOf =>
  (given) => ({
    ...shells(scripts)(given),
    volumes: ['/out'],
    outputs: [{ path: '/out/o', url: given.url(name) }],
  });

async function untilStageRuns(scene: Scene, index: number): Promise<void> {
  await scene.pod(
    (pod) => stageOf(pod, executorStage(index))?.state.kind === 'running',
    `executor ${index} runs`,
  );
}

export const RUN_ONCE: Chapter = {
  title: 'Run once',
  intro:
    'A command whose start is recorded is never started again in the same pod: a stage that runs again answers from its record.',
  cases: [
    {
      sentence:
        'A container that is killed as a whole, and not for its use of memory, is trouble of the infrastructure; its command is not run again in that pod.',
      task: leaving('killed', `${NOTE}; ${SLEEP}`),
      state: 'SYSTEM_ERROR',
      proves: 'containerKilled',
      expected: { files: { killed: 'run\n' } },
      async during(scene) {
        await runningPod(scene);
        await scene.onNode(KILL_SHIM);
      },
    },
    {
      sentence:
        'A pod whose sandbox is made anew is told so; its command is not run again, and what it wrote is uploaded.',
      task: leaving('sandbox', `${NOTE}; ${SLEEP}`),
      state: 'SYSTEM_ERROR',
      proves: 'sandboxLost',
      expected: { files: { sandbox: 'run\n' } },
      async during(scene) {
        await runningPod(scene);
        await scene.onNode(KILL_PAUSE);
      },
    },
    {
      sentence:
        'All processes of a pod killed at once: commands that had ended keep their ends, the one that ran is not run again, and none follows.',
      task: noting('all', [
        'echo first >> /out/o',
        `echo second >> /out/o; ${SLEEP}`,
        'echo third >> /out/o',
      ]),
      state: 'SYSTEM_ERROR',
      expected: {
        exitCodes: [0, 137],
        systemLogs: [/Executor 0 ended with exit code 0/, /Executor 1 was killed/],
        files: { all: 'first\nsecond\n' },
      },
      async during(scene) {
        await untilStageRuns(scene, 1);
        await scene.onNode(KILL_ALL);
      },
    },
    {
      sentence:
        'After an attempt that was killed, the next one runs the commands anew, and the task is COMPLETE.',
      task: (given) => ({
        ...noting('again', [`${NOTE}; case $HOSTNAME in *-1) ${SLEEP};; esac`])(given),
        resources: { backend_parameters: { max_retries: '1' } },
      }),
      state: 'COMPLETE',
      expected: { attempts: 2, exitCodes: [0], files: { again: 'run\n' } },
      async during(scene) {
        await runningPod(scene);
        await scene.onNode(KILL_ALL);
      },
    },
    {
      sentence: 'A command that is asked to stop, and nothing tells by whom, was interrupted.',
      task: sh('trap "exit 0" TERM; sleep 300 & wait'),
      state: 'SYSTEM_ERROR',
      proves: 'interrupted',
      async during(scene) {
        await runningPod(scene);
        await scene.onNode(STOP_SHIM);
      },
    },
    {
      sentence:
        'A command that asks the first process of its container to stop was interrupted as well: nothing tells it from Kubernetes.',
      task: sh('trap "exit 0" TERM; kill -TERM 1; sleep 300 & wait'),
      state: 'SYSTEM_ERROR',
      expected: { reason: /asked to stop before it had ended, .* or by one of its own processes/ },
    },
    {
      sentence: 'A kubelet that starts anew while a command runs changes nothing.',
      task: noting('kubelet', ['echo first >> /out/o; sleep 6', 'echo second >> /out/o']),
      state: 'COMPLETE',
      alone: true,
      expected: { exitCodes: [0, 0], attempts: 1, files: { kubelet: 'first\nsecond\n' } },
      async during(scene) {
        await untilStageRuns(scene, 0);
        signalKubelet('SIGKILL');
      },
    },
    {
      sentence:
        'A kubelet that is away between two executors goes on with the next one; each command runs once.',
      task: noting('between', ['echo first >> /out/o; sleep 2', 'echo second >> /out/o']),
      state: 'COMPLETE',
      alone: true,
      expected: { exitCodes: [0, 0], attempts: 1, files: { between: 'first\nsecond\n' } },
      async during(scene) {
        await untilStageRuns(scene, 0);
        signalKubelet('SIGSTOP');
        // Nobody is left who could tell that the command has ended.
        await pause(5_000);
        signalKubelet('SIGKILL');
      },
    },
  ],
};
