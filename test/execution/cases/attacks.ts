/** What a command that means harm can do: nothing to other executors, to the report, or to the transporter. */
import type { Chapter, Given } from '../case.ts';

const shells =
  (...scripts: readonly string[]) =>
  ({ image }: Given) => ({
    executors: scripts.map((script) => ({ image, command: ['sh', '-c', script] })),
  });

/** Tries each command and prints its words when it works. */
const allRefused = (...tries: readonly string[]) =>
  tries.map((one) => `if (${one}) 2>/dev/null; then echo 'not refused: ${one}'; fi`).join('; ');

const FORGED =
  '{"startedAt":"2020-01-01T00:00:00Z","endedAt":"2020-01-01T00:00:00Z","exitCode":0,"ignoreError":true}';

export const ATTACKS: Chapter = {
  title: 'Commands that mean harm',
  intro:
    'Executors run with whatever rights their image asks for, root included. None can change what another one did, or reach what is not the task’s own.',
  cases: [
    {
      sentence:
        'An executor cannot change the records of those before it, their order, its own program or specification.',
      task: ({ image }) => ({
        executors: [
          { image, command: ['sh', '-c', 'exit 3'], ignore_error: true },
          {
            image,
            command: [
              'sh',
              '-c',
              allRefused(
                'echo x > /.orrery/records/executor-0/result.json',
                'rm /.orrery/records/executor-0/result.json',
                'rm -r /.orrery/records/executor-0',
                'mv /.orrery/records/executor-0 /.orrery/records/x',
                'chmod 777 /.orrery/records/executor-0/result.json',
                'touch /.orrery/records/outputs/done.json',
                'touch /.orrery/records/executor-2/started.json',
                'echo x > /.orrery/records/inputs/done.json',
                'echo x > /.orrery/run/shim',
                'rm /.orrery/run/shim',
                'rm /.orrery/run/spec.json',
                'mount -o remount,rw /.orrery/records',
                'mount -o bind /tmp /.orrery/run',
              ),
            ],
          },
          { image, command: ['echo', 'ran'] },
        ],
      }),
      state: 'COMPLETE',
      expected: { exitCodes: [3, 0, 0], stdout: ['', '', 'ran\n'] },
    },
    {
      sentence:
        'An executor that forges its own record, or its termination message, is not believed, whatever signal of a fault it sends to the program that looks after it: both are written anew when it ends.',
      task: shells(
        `echo '${FORGED}' > /.orrery/record/result.json; echo '${FORGED}' > /dev/termination-log; kill -ABRT 1; exit 5`,
        'true',
      ),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [5] },
    },
    {
      sentence:
        'Links, directories and pipes in the place of its records change nothing either, and nothing is read through them.',
      task: shells(
        'cd /.orrery/record; ln -s /etc/passwd stdout.tail; ln -s /etc/passwd .result.json.tmp; mkdir -p result.json/x; mkfifo stderr.tail; exit 5',
      ),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [5], stdout: [''] },
    },
    {
      sentence:
        'No signal of a command ends the program that looks after it, be it SIGKILL or one that tells of a fault.',
      task: shells(
        'kill -9 1; kill -9 -1; for fault in ILL TRAP ABRT BUS FPE SEGV SYS STKFLT ALRM VTALRM PROF XCPU XFSZ IO; do kill -$fault 1 || exit 1; done; exit 4',
      ),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [4] },
    },
    {
      sentence: 'An output that is a link out of the task is not uploaded.',
      task: ({ image, url }) => ({
        volumes: ['/work'],
        outputs: [{ path: '/work/out', url: url('out') }],
        executors: [{ image, command: ['ln', '-s', '/proc/self/environ', '/work/out'] }],
      }),
      state: 'SYSTEM_ERROR',
      expected: { files: { out: undefined }, reason: /is a link to \/proc\/self\/environ/ },
    },
    {
      sentence: 'Links in an output directory lead to files of the task only, whatever they name.',
      task: ({ image, url }) => ({
        outputs: [{ path: '/work', url: url('work'), type: 'DIRECTORY' }],
        executors: [
          {
            image,
            command: [
              'sh',
              '-c',
              'cd /work; echo x > file; ln -s /work/file inside; ln -s /app/package.json app; ln -s ../../../../../../app/package.json up; ' +
                'ln -s / root; ln -s /.orrery/scratch scratch; ln -s /etc/passwd passwd; ln -s loop loop; ln -s /.orrery/records records; mkfifo pipe',
            ],
          },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        files: {
          'work/file': 'x\n',
          'work/inside': 'x\n',
          'work/app': undefined,
          'work/up': undefined,
          'work/passwd': undefined,
          'work/loop': undefined,
          'work/pipe': undefined,
          'work/root/app/package.json': undefined,
          'work/root/etc/passwd': undefined,
          'work/scratch/root/work/file': undefined,
          'work/records/inputs/done.json': undefined,
        },
      },
    },
    {
      sentence: 'A pattern follows no link out of the task.',
      task: ({ image, url }) => ({
        outputs: [{ path: '/work/*/*', path_prefix: '/work', url: url('found') }],
        executors: [
          {
            image,
            command: [
              'sh',
              '-c',
              'cd /work; mkdir own; echo x > own/file; ln -s /app app; ln -s ../../../../app up; ln -s /etc/passwd own/passwd',
            ],
          },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        files: {
          'found/own/file': 'x\n',
          'found/own/passwd': undefined,
          'found/app/package.json': undefined,
          'found/up/package.json': undefined,
        },
      },
    },
    {
      sentence:
        'A stream file that became a link to the program or to records of others writes to neither.',
      task: ({ image }) => ({
        volumes: ['/work'],
        executors: [
          {
            image,
            command: ['ln', '-s', '/.orrery/records/executor-0/result.json', '/work/log'],
          },
          { image, command: ['echo', 'x'], stdout: '/work/log' },
        ],
      }),
      state: 'SYSTEM_ERROR',
      expected: {
        exitCodes: [0],
        reason: /stdout cannot be written to \/work\/log: the file system there is read-only/,
      },
    },
    {
      sentence:
        'A directory that became a link is not mounted from elsewhere for the next executor.',
      task: ({ image }) => ({
        volumes: ['/work'],
        executors: [
          {
            image,
            command: [
              'sh',
              '-c',
              'mv /.orrery/files/work /.orrery/files/old && ln -s /etc /.orrery/files/work',
            ],
          },
          { image, command: ['ls', '/work'] },
        ],
      }),
      state: 'SYSTEM_ERROR',
      expected: { exitCodes: [0], reason: /failed to prepare subPath/ },
    },
  ],
};
