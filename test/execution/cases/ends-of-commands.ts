/** Ways in which the work itself ends. */
import type { Chapter } from '../case.ts';
import { leaving, NOTE, run, sh, shells } from '../tasks.ts';

const SMALL = { resources: { ram_gb: 0.05 } };

/** The same in whole MiB. */
const MEMORY = '50.33 MB';

/** Memory that belongs to no process: the kernel takes the largest one, the shim, and with it the whole container. */
const FILL_MEMORY = 'cat /dev/zero > /dev/fill';

/** Until it holds more than it may. */
const HOG = 'tail /dev/zero';

export const ENDS_OF_COMMANDS: Chapter = {
  title: 'Ends: the work itself',
  intro: 'How the ends of commands and of transfers are told.',
  cases: [
    {
      sentence: 'A task whose commands end with 0 is COMPLETE.',
      task: sh('true'),
      state: 'COMPLETE',
      proves: 'complete',
      expected: { exitCodes: [0], attempts: 1 },
    },
    {
      sentence: 'A task that is canceled while its command runs is CANCELED.',
      task: sh('sleep 300'),
      state: 'CANCELED',
      proves: 'canceled',
      async during({ system, id }) {
        await system.reaches(id, 'RUNNING');
        await system.cancel(id);
      },
    },
    {
      sentence: 'An exit code other than 0 is told as it is.',
      task: sh('exit 42'),
      state: 'EXECUTOR_ERROR',
      proves: 'exitCode',
      facts: { exitCode: 42 },
      expected: { exitCodes: [42] },
    },
    {
      sentence: 'A command that cannot be executed ends with 126, as in a shell.',
      task: run('/etc/passwd'),
      state: 'EXECUTOR_ERROR',
      proves: 'notExecutable',
      facts: { exitCode: 126 },
      expected: { exitCodes: [126], stderr: [/passwd/] },
    },
    {
      sentence: 'A command that does not exist ends with 127, as in a shell.',
      task: run('no-such-command'),
      state: 'EXECUTOR_ERROR',
      proves: 'notFound',
      facts: { exitCode: 127 },
      expected: { exitCodes: [127], stderr: [/no-such-command/] },
    },
    {
      sentence: 'A command that a signal ends has 128 and the number of the signal.',
      task: sh('kill -SEGV $$'),
      state: 'EXECUTOR_ERROR',
      proves: 'signal',
      facts: { exitCode: 139, signal: '11 (SIGSEGV)' },
      expected: { exitCodes: [139] },
    },
    {
      sentence:
        'A process that is killed for its use of memory is named with the limit, also when the command goes on and ends by itself.',
      task: sh(`${HOG} || exit 3`, SMALL),
      state: 'EXECUTOR_ERROR',
      proves: 'oomProcess',
      facts: { exitCode: 3, memory: MEMORY },
      expected: { exitCodes: [3] },
    },
    {
      sentence: 'A command that is killed for its use of memory is told its limit.',
      task: leaving('oom', `echo before > /out/o; exec ${HOG}`, SMALL),
      state: 'EXECUTOR_ERROR',
      proves: 'oomCommand',
      facts: { exitCode: 137, memory: MEMORY },
      expected: {
        exitCodes: [137],
        files: { oom: 'before\n' },
      },
    },
    {
      sentence:
        'A container that is killed as a whole for its use of memory is told so; the command is not run again, and what it wrote is uploaded.',
      task: leaving('oom', `${NOTE}; ${FILL_MEMORY}`, SMALL),
      state: 'EXECUTOR_ERROR',
      proves: 'oomContainer',
      facts: { exitCode: 137, memory: MEMORY },
      expected: {
        exitCodes: [137],
        systemLogs: [/killed together with its container for its use of memory/],
        files: { oom: 'run\n' },
      },
    },
    {
      sentence: 'An input that does not exist is named, and nothing runs.',
      task: ({ image, url }) => ({
        inputs: [{ path: '/in/i', url: url('not-there') }],
        executors: [{ image, command: ['true'] }],
      }),
      state: 'SYSTEM_ERROR',
      proves: 'InputNotFound',
      expected: { exitCodes: [], reason: /not-there/ },
    },
    {
      sentence: 'An output that was not written is named.',
      task: leaving('never', 'true'),
      state: 'SYSTEM_ERROR',
      proves: 'OutputMissing',
      expected: { exitCodes: [0], reason: /\/out\/o/, files: { never: undefined } },
    },
    {
      sentence: 'An output that leads through a loop of links is refused.',
      task: leaving('loop', 'ln -s o /out/o'),
      state: 'SYSTEM_ERROR',
      proves: 'PathRefused',
      expected: {
        exitCodes: [0],
        reason: /\/out\/o leads through a loop of links/,
        files: { loop: undefined },
      },
    },
    {
      sentence: 'An output whose URL lies below a file, or is a folder, is told with that URL.',
      task: leaving('a-file/below-it', 'echo x > /out/o'),
      files: { 'a-file': 'not a folder\n' },
      state: 'SYSTEM_ERROR',
      proves: 'DestinationUnusable',
      expected: {
        exitCodes: [0],
        reason:
          /^The output \/out\/o cannot be stored, give it another URL: file:.*\/a-file\/below-it cannot be reached: .* leads through \/.*a-file, which is not a folder\.$/,
      },
    },
    {
      sentence:
        'A storage that fails in a way that may heal, such as a folder whose rights are wrong, is no fault of the task: it is tried again.',
      settings: { ORRERY_POD_SECURITY: 'restricted', ORRERY_MAX_ATTEMPTS: '2' },
      task: leaving('closed/o', 'echo x > /out/o'),
      files: { 'closed/there': 'the folder belongs to somebody else\n' },
      state: 'SYSTEM_ERROR',
      proves: 'TransferFailed',
      expected: {
        exitCodes: [0],
        attempts: 2,
        reason: /\/closed\/o cannot be written: the transporter may not access it \(EACCES\)/,
      },
    },
    {
      sentence: 'A working directory that cannot be used is named.',
      task: ({ image }) => ({
        executors: [{ image, command: ['true'], workdir: '/etc/passwd/below' }],
      }),
      state: 'SYSTEM_ERROR',
      proves: 'WorkdirUnusable',
      expected: { exitCodes: [], reason: /\/etc\/passwd\/below/ },
    },
    {
      sentence: 'A file that cannot be brought to its place in the container is named.',
      task: ({ image }) => ({
        inputs: [{ path: '/etc/passwd/below', content: 'x' }],
        executors: [{ image, command: ['true'] }],
      }),
      state: 'SYSTEM_ERROR',
      proves: 'FileUnplaceable',
      expected: { exitCodes: [], reason: /\/etc\/passwd\/below/ },
    },
    {
      sentence: 'A file for stdin that does not exist is named.',
      task: ({ image }) => ({
        executors: [{ image, command: ['cat'], stdin: '/in/nothing' }],
      }),
      state: 'SYSTEM_ERROR',
      proves: 'StdinMissing',
      expected: { exitCodes: [], reason: /\/in\/nothing/ },
    },
    {
      sentence: 'After a failure the later commands do not run and have no log.',
      task: shells(['exit 3', 'echo late']),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [3] },
    },
  ],
};
