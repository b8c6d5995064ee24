/** Several executors, and the files they share. */
import type { Chapter } from '../case.ts';
import { executors, leaving, sh, shells } from '../tasks.ts';

export const EXECUTORS: Chapter = {
  title: 'Executors and volumes',
  intro:
    'The executors of a task run one after another in one pod, each in its own image, and share inputs, outputs and volumes.',
  cases: [
    {
      sentence:
        'Executors run strictly in the order of the document, each after the end of the one before.',
      task: (given) => ({
        ...shells([
          'date +%s%N >> /out/o; sleep 1; date +%s%N >> /out/o',
          'date +%s%N >> /out/o',
          'date +%s%N >> /out/o; sort -c /out/o && echo in order',
        ])(given),
        volumes: ['/out'],
      }),
      state: 'COMPLETE',
      expected: { exitCodes: [0, 0, 0], stdout: ['', '', 'in order\n'] },
    },
    {
      sentence:
        'Volumes start empty, are writable, and keep what an executor leaves for the next one.',
      task: shells(
        ['ls -A /v | wc -l; echo one > /v/f', 'cat /v/f; echo two >> /v/f', 'cat /v/f'],
        {
          volumes: ['/v'],
        },
      ),
      state: 'COMPLETE',
      expected: { stdout: ['0\n', 'one\n', 'one\ntwo\n'] },
    },
    {
      sentence: 'Executors see the same inputs and outputs.',
      task: ({ image, url }) => ({
        ...shells(['cat /in/i > /out/o', 'cat /in/i >> /out/o'])({ image, url }),
        inputs: [{ path: '/in/i', content: 'hello\n' }],
        outputs: [{ path: '/out/o', url: url('o') }],
      }),
      state: 'COMPLETE',
      expected: { files: { o: 'hello\nhello\n' } },
    },
    {
      sentence:
        'After a failure the later executors do not run and have no log, and what was written so far is uploaded.',
      task: (given) => ({
        ...shells(['echo before > /out/o; exit 3', 'echo late >> /out/o'])(given),
        volumes: ['/out'],
        outputs: [{ path: '/out/o', url: given.url('o') }],
      }),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [3], files: { o: 'before\n' } },
    },
    {
      sentence:
        'With ignore_error the next executor runs after a failure, and the task can be COMPLETE.',
      task: executors([{ script: 'exit 3', ignore_error: true }, { script: 'echo on' }]),
      state: 'COMPLETE',
      expected: {
        exitCodes: [3, 0],
        stdout: ['', 'on\n'],
        systemLogs: [/exit code 3.*\(errors are ignored\)/],
      },
    },
    {
      sentence:
        'What an executor changes outside of the shared directories is its own, /etc/hosts included: the next one does not see it.',
      task: shells([
        'for f in /etc/mine /dev/mine /etc/hosts; do echo 9.9.9.9 mine >> $f || exit 1; done; cat /etc/mine',
        'ls /etc/mine /dev/mine || grep mine /etc/hosts || echo not here',
      ]),
      state: 'COMPLETE',
      expected: { stdout: ['9.9.9.9 mine\n', 'not here\n'] },
    },
    {
      sentence:
        'What all containers of a pod share is no executor’s own: /dev/shm (64 MiB of memory), /etc/hostname and /etc/resolv.conf.',
      task: shells([
        'for f in /dev/shm/mine /etc/hostname /etc/resolv.conf; do echo "# mine" >> $f || exit 1; done; df -m /dev/shm | awk "END { print \\$2 }"',
        'cat /dev/shm/mine; tail -n 1 /etc/hostname; tail -n 1 /etc/resolv.conf',
      ]),
      state: 'COMPLETE',
      expected: { stdout: ['64\n', '# mine\n# mine\n# mine\n'] },
    },
    {
      sentence:
        'A volume at /dev/shm takes the place of the shared memory and has the room of the task’s disk.',
      task: shells(
        [
          'df -m /dev/shm | awk "END { print (\\$2 > 64) }"; head -c 70000000 /dev/zero > /dev/shm/x',
          'wc -c < /dev/shm/x',
        ],
        { volumes: ['/dev/shm'] },
      ),
      state: 'COMPLETE',
      expected: { exitCodes: [0, 0], stdout: ['1\n', '70000000\n'] },
    },
    {
      sentence: 'Inputs come by content or by URL, as files or directories.',
      files: { 'in/one': 'one\n', 'tree/a': 'a\n', 'tree/sub/b': 'b\n' },
      task: ({ image, url }) => ({
        ...sh('cat /in/text /in/one; cd /tree && find . -type f | sort')({ image, url }),
        inputs: [
          { path: '/in/text', content: 'text\n' },
          { path: '/in/one', url: url('in/one') },
          { path: '/tree', url: url('tree'), type: 'DIRECTORY' },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        stdout: ['text\none\n./a\n./sub/b\n'],
        systemLogs: [/Inputs done: 4 files, 13 bytes/],
      },
    },
    {
      sentence: 'Outputs are files, directories, or what a pattern matches.',
      task: ({ image, url }) => ({
        ...sh(
          'echo f > /out/f; mkdir -p /dir/sub; echo d > /dir/sub/d; echo 1 > /some/1.txt; echo 2 > /some/2.txt; echo 3 > /some/3.log',
        )({ image, url }),
        volumes: ['/out', '/dir', '/some'],
        outputs: [
          { path: '/out/f', url: url('f') },
          { path: '/dir', url: url('dir'), type: 'DIRECTORY' },
          { path: '/some/*.txt', path_prefix: '/some', url: url('some') },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        files: {
          f: 'f\n',
          'dir/sub/d': 'd\n',
          'some/1.txt': '1\n',
          'some/2.txt': '2\n',
          'some/3.log': undefined,
        },
        systemLogs: [/Outputs done: 4 files/],
      },
    },
    {
      sentence: 'An output that another user wrote for nobody else to read is uploaded.',
      task: leaving('private', 'echo secret > /out/o; chown 12345:12345 /out/o; chmod 600 /out/o'),
      state: 'COMPLETE',
      expected: { files: { private: 'secret\n' } },
    },
  ],
};
