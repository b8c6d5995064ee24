/** Commands that print without end, or leave something behind. */
import type { Chapter } from '../case.ts';
import { sh } from '../tasks.ts';

export const FLOODS: Chapter = {
  title: 'Floods and leftovers',
  intro:
    'Streams pass through the shim in pieces of 64 KiB. The log of the container, which nobody but operators reads, leaves out what comes faster than 128 KiB a second after the first 4 MiB.',
  cases: [
    {
      sentence: 'A flood of output costs no memory: 10 GB pass through a container of 100 MB.',
      task: (given) => ({
        ...sh('dd if=/dev/zero bs=1M count=10000 2>/dev/null; echo the end >&2')(given),
        resources: { ram_gb: 0.1, disk_gb: 0.1 },
      }),
      state: 'COMPLETE',
      expected: { exitCodes: [0], stderr: ['the end\n'] },
      withinSeconds: 240,
    },
    {
      sentence: 'A closed pipe ends the writer, as anywhere.',
      task: sh('yes | head -n 1'),
      state: 'COMPLETE',
      expected: { stdout: ['y\n'] },
    },
    {
      sentence:
        'A process that is left behind with the streams in its hands does not keep the task.',
      task: sh('setsid sleep 300 & echo done'),
      state: 'COMPLETE',
      expected: { stdout: ['done\n'] },
      withinSeconds: 60,
    },
    {
      sentence: 'Orphans that have ended are reaped.',
      task: sh(
        'for i in 1 2 3 4 5 6; do sh -c "sleep 0.1 & true"; done; sleep 1; ps -o stat | grep Z || echo none',
      ),
      state: 'COMPLETE',
      expected: { stdout: ['none\n'] },
    },
    {
      sentence: 'What a command printed before its container was killed as a whole is in the log.',
      task: sh('echo words; echo trouble >&2; cat /dev/zero > /dev/fill', {
        resources: { ram_gb: 0.05 },
      }),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [137], stdout: ['words\n'], stderr: [/^trouble\n/] },
    },
    {
      sentence: 'Streams may go to /dev/null, and are in the log all the same.',
      task: ({ image }) => ({
        executors: [{ image, command: ['echo', 'words'], stdin: '/dev/null', stdout: '/dev/null' }],
      }),
      state: 'COMPLETE',
      expected: { stdout: ['words\n'] },
    },
    {
      sentence: 'A stream file that nobody wrote to is an empty file, not a missing one.',
      task: ({ image, url }) => ({
        outputs: [{ path: '/work/out', url: url('out') }],
        executors: [{ image, command: ['true'], stdout: '/work/out' }],
      }),
      state: 'COMPLETE',
      expected: { files: { out: '' } },
    },
    {
      sentence: 'A stream file on a disk that is full ends the task with a sentence that says so.',
      task: ({ image }) => ({
        executors: [{ image, command: ['echo', 'words'], stdout: '/dev/full' }],
      }),
      state: 'SYSTEM_ERROR',
      expected: {
        exitCodes: [0],
        stdout: ['words\n'],
        reason: /stdout cannot be written to \/dev\/full: no space left on device/,
      },
    },
  ],
};
