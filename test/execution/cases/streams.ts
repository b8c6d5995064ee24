/** Standard streams, their files and their tails in the log. */
import type { Chapter } from '../case.ts';
import { runningPod } from '../hands.ts';
import { executors, leaving, NOTE, sh, shells } from '../tasks.ts';

const CUT = /^\[\.\.\. cut: \d+ bytes before this are not kept \.\.\.\]\n/;

/** All that is kept of a stream, and nothing cut. */
const FULL = 'x'.repeat(65_536);

export const STREAMS: Chapter = {
  title: 'Streams and logs',
  intro:
    'What a command prints is kept in the log of its executor: the last 64 KiB of each stream (ORRERY_LOG_TAIL_KIB), as long as all of the task fits into 4 MiB.',
  cases: [
    {
      sentence: 'stdout and stderr are kept apart.',
      task: sh('echo out; echo err >&2; echo out again'),
      state: 'COMPLETE',
      expected: { stdout: ['out\nout again\n'], stderr: ['err\n'] },
    },
    {
      sentence:
        'stdin, stdout and stderr can be files, whose parents are made; the log has their tails all the same.',
      task: ({ image, url }) => ({
        inputs: [{ path: '/in/words', content: 'b\na\n' }],
        executors: [
          {
            image,
            command: ['sh', '-c', 'sort; echo err >&2'],
            stdin: '/in/words',
            stdout: '/streams/deep/out',
            stderr: '/streams/deep/err',
          },
        ],
        outputs: [
          { path: '/streams/deep/out', url: url('out') },
          { path: '/streams/deep/err', url: url('err') },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        stdout: ['a\nb\n'],
        stderr: ['err\n'],
        files: { out: 'a\nb\n', err: 'err\n' },
      },
    },
    {
      sentence:
        'One path for stdout and stderr takes both, in the order in which they were written.',
      task: ({ image, url }) => ({
        executors: [
          {
            image,
            command: ['sh', '-c', 'echo 1; echo 2 >&2; echo 3'],
            stdout: '/streams/both',
            stderr: '/streams/both',
          },
        ],
        outputs: [{ path: '/streams/both', url: url('both') }],
      }),
      state: 'COMPLETE',
      expected: { files: { both: '1\n2\n3\n' } },
    },
    {
      sentence: 'Without stdin a command reads nothing and does not wait.',
      task: sh('cat; echo end'),
      state: 'COMPLETE',
      expected: { stdout: ['end\n'] },
    },
    {
      sentence: 'stdout of one executor can be stdin of the next.',
      task: executors([
        { script: 'echo hello', stdout: '/pipe/text' },
        { script: 'tr a-z A-Z', stdin: '/pipe/text' },
      ]),
      state: 'COMPLETE',
      expected: { stdout: ['hello\n', 'HELLO\n'] },
    },
    {
      sentence: 'Of a long stream the last 64 KiB are kept, and a first line says how much is cut.',
      task: sh('seq 1 100000; seq 1 50000 >&2'),
      state: 'COMPLETE',
      expected: { stdout: [CUT], stderr: [CUT] },
      check: ({ logs }) => {
        const { stdout = '', stderr = '' } = logs?.[0]?.logs[0] ?? {};
        for (const [text, last] of [
          [stdout, '\n100000\n'],
          [stderr, '\n50000\n'],
        ] as const) {
          const kept = text.slice(text.indexOf('\n') + 1);
          if (!kept.endsWith(last) || kept.length !== 64 * 1024) {
            throw new Error(`${kept.length} characters are kept, the last are ${kept.slice(-20)}`);
          }
        }
      },
    },
    {
      sentence: 'A stream that ends at exactly 64 KiB is whole.',
      task: sh('head -c 65536 /dev/zero | tr "\\0" x'),
      state: 'COMPLETE',
      expected: { stdout: [FULL] },
    },
    {
      sentence: 'Both streams of seventeen executors have 64 KiB each in the log.',
      task: shells(
        Array.from({ length: 17 }, () => 'head -c 65536 /dev/zero | tr "\\0" x | tee /dev/stderr'),
      ),
      state: 'COMPLETE',
      expected: {
        stdout: Array.from({ length: 17 }, () => FULL),
        stderr: Array.from({ length: 17 }, () => FULL),
      },
    },
    {
      sentence: 'Bytes that are no valid UTF-8 are shown as U+FFFD.',
      task: sh("printf 'a\\377b\\303\\251c\\342\\202'"),
      state: 'COMPLETE',
      expected: { stdout: [/^a\ufffdb\u00e9c\ufffd+$/] },
    },
    {
      sentence: 'system_logs tell the story of the attempt in order, with times and sizes.',
      task: (given) =>
        leaving('o', 'cat /in/i > /out/o', { inputs: [{ path: '/in/i', content: 'hello\n' }] })(
          given,
        ),
      state: 'COMPLETE',
      expected: {
        systemLogs: [
          /^Attempt 1: pod \S+ scheduled on node \S+ at \S+ after \S+ s\.$/,
          /^Pod prepared in \S+ s: volumes, network, Orrery's own image\.$/,
          /^Inputs done: 1 file, 6 bytes in \S+ s\.$/,
          /^Image \S+ of executor 0 ready in \S+ s\.$/,
          /^Executor 0 ended with exit code 0 in \S+ s\.$/,
          /^Outputs done: 1 file, 6 bytes in \S+ s\.$/,
        ],
        reason: /^Every executor has ended and the declared outputs are uploaded\.$/,
      },
    },
    {
      sentence:
        'A report that is lost on its way is asked for three times; then exit codes and times come from the pod, a line says what is lost, and nothing is run again.',
      task: (given) =>
        leaving('o', `${NOTE}; echo hello`, { volumes: ['/out', '/sabotage/lost-report'] })(given),
      state: 'COMPLETE',
      expected: {
        exitCodes: [0],
        stdout: [''],
        attempts: 1,
        systemLogs: [/^The report of the outputs stage is lost: /],
        files: { o: 'run\n' },
      },
    },
    {
      sentence:
        'Of a command that is asked to stop, by a cancel or by Kubernetes, the last lines of its streams are kept, as many as fit into its message.',
      task: sh('trap "echo bye >&2; exit 9" TERM; echo working; sleep 300 & wait'),
      state: 'CANCELED',
      expected: {
        exitCodes: [9],
        stdout: ['working\n'],
        stderr: ['bye\n'],
        systemLogs: [/after Kubernetes asked it to stop/, /^The pod ended before its outputs/],
      },
      async during(scene) {
        await runningPod(scene);
        await scene.system.cancel(scene.id);
      },
    },
    {
      sentence: 'Each executor has its own streams in the log.',
      task: executors([{ script: 'echo one' }, { script: 'echo two >&2' }]),
      state: 'COMPLETE',
      expected: { stdout: ['one\n', ''], stderr: ['', 'two\n'] },
    },
  ],
};
