/** Commands that take too long, and what they leave. */
import type { Chapter } from '../case.ts';

const WITHIN = { backend_parameters: { timeouts: 'run=2s' } };

export const STOPPING: Chapter = {
  title: 'The run deadline',
  intro:
    'Each executor may run as long as `ORRERY_RUN_DEADLINE_SECONDS` or the backend parameter `timeouts` says.',
  cases: [
    {
      sentence:
        'At the run deadline the command gets SIGTERM; what it has written is uploaded, and the task ends SYSTEM_ERROR.',
      task: ({ image, url }) => ({
        outputs: [{ path: '/work/out', url: url('out') }],
        executors: [
          {
            image,
            command: [
              'sh',
              '-c',
              'trap "echo asked >> /work/out; exit 9" TERM; echo begun > /work/out; sleep 300 & wait',
            ],
          },
        ],
        resources: WITHIN,
      }),
      state: 'SYSTEM_ERROR',
      proves: 'runDeadline',
      expected: {
        exitCodes: [9],
        attempts: 1,
        files: { out: 'begun\nasked\n' },
        reason: /[Rr]un deadline/,
      },
    },
    {
      sentence: 'A command that does not listen is killed after the grace period.',
      task: ({ image }) => ({
        executors: [
          { image, command: ['sh', '-c', 'trap "" TERM; while true; do sleep 1; done'] },
          { image, command: ['true'] },
        ],
        resources: WITHIN,
      }),
      settings: { ORRERY_TERMINATION_GRACE_SECONDS: '1' },
      state: 'SYSTEM_ERROR',
      expected: { exitCodes: [137], reason: /[Rr]un deadline/ },
    },
    {
      sentence: 'A passed run deadline is not ignored by `ignore_error`: no executor follows.',
      task: ({ image }) => ({
        executors: [
          { image, command: ['sleep', '300'], ignore_error: true },
          { image, command: ['true'] },
        ],
        resources: WITHIN,
      }),
      state: 'SYSTEM_ERROR',
      expected: { exitCodes: [143], reason: /[Rr]un deadline/ },
    },
    {
      sentence: 'The run deadline counts for each executor by itself, not for all of them.',
      task: ({ image }) => ({
        executors: [
          { image, command: ['sleep', '1.2'] },
          { image, command: ['sleep', '1.2'] },
        ],
        resources: WITHIN,
      }),
      state: 'COMPLETE',
      expected: { exitCodes: [0, 0] },
    },
  ],
};
