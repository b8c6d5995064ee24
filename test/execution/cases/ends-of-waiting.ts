/** Pods that wait for something until a deadline passes, and pods that Kubernetes does not take. */
import type { Chapter, Scene } from '../case.ts';
import { type Sabotage, sabotaged } from '../sabotage.ts';
import { sh } from '../tasks.ts';

const IMPATIENT = {
  ORRERY_QUEUE_DEADLINE_SECONDS: '15',
  ORRERY_PULL_DEADLINE_SECONDS: '15',
} as const;

/** What a QUEUED task shows its user. */
async function untilTold({ system, id }: Scene, words: RegExp): Promise<void> {
  await system.until(
    async () => {
      const { body } = await system.get(`/ga4gh/tes/v1/tasks/${id}?view=FULL`);
      return body.logs?.[0]?.system_logs?.some((line) => words.test(line));
    },
    { what: `the task tells ${String(words)}`, withinMs: 60_000 },
  );
}

const waiting = (sabotage: Sabotage, words: RegExp) => ({
  task: sh('true', sabotaged(sabotage)),
  settings: IMPATIENT,
  state: 'SYSTEM_ERROR' as const,
  during: (scene: Scene) => untilTold(scene, words),
  expected: { reason: words },
});

export const ENDS_OF_WAITING: Chapter = {
  title: 'Ends: pods that wait',
  intro:
    'While it waits, the task is QUEUED and its FULL view has the reason; at the end, the reason is the last line of its log.',
  cases: [
    {
      sentence:
        'A task that no node can take shows the words of the scheduler, and ends with them.',
      task: sh('true', { resources: { cpu_cores: 900 } }),
      settings: IMPATIENT,
      state: 'SYSTEM_ERROR',
      proves: 'queueDeadline',
      during: (scene) => untilTold(scene, /Insufficient cpu/),
      expected: { reason: /Insufficient cpu/ },
    },
    {
      sentence: 'A pod whose volume claim does not exist or is not bound shows which it is.',
      ...waiting('no-claim', /orrery-test-none/),
      proves: 'volumeUnbound',
    },
    {
      sentence: 'A quota that is used up is shown, and waited for.',
      ...waiting('over-quota', /exceeded quota/),
      proves: 'podForbidden',
    },
    {
      sentence: 'A policy that forbids the pod is shown, and waited for.',
      ...waiting('policy', /pods with sabotage are not wanted here/),
      proves: 'podForbidden',
    },
    {
      sentence: 'A webhook that does not answer is shown, and waited for.',
      ...waiting('webhook', /failed calling webhook/),
      proves: 'podForbidden',
    },
    {
      sentence:
        'A pod that Kubernetes calls invalid ends the task at once, in the words of Kubernetes.',
      task: sh('true', sabotaged('invalid')),
      state: 'SYSTEM_ERROR',
      proves: 'podRefused',
    },
    {
      sentence: 'An image that is not there when the pull deadline passes is named.',
      task: () => ({ executors: [{ image: 'registry.invalid/none:1', command: ['true'] }] }),
      settings: { ...IMPATIENT, ORRERY_PULL_TROUBLE_SECONDS: '300' },
      state: 'SYSTEM_ERROR',
      proves: 'pullDeadline',
      expected: { reason: /registry\.invalid\/none:1/ },
    },
    {
      sentence: 'A volume that cannot be mounted ends the task when the pull deadline passes.',
      task: sh('true', sabotaged('no-secret')),
      settings: IMPATIENT,
      state: 'SYSTEM_ERROR',
      proves: 'podNotPrepared',
    },
    {
      sentence: 'The total deadline ends a task whatever it is doing.',
      task: sh('sleep 300', { resources: { backend_parameters: { timeouts: 'total=15s' } } }),
      state: 'SYSTEM_ERROR',
      proves: 'totalDeadline',
      expected: { exitCodes: [143] },
    },
  ],
};
