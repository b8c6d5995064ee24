/** How commands are started, and what they find. */
import type { Chapter } from '../case.ts';
import { executors, run, sh } from '../tasks.ts';

const ARGUMENTS = [
  '',
  'two  spaces',
  `'single' "double"`,
  '$(HOME) $HOME `id` $$ ${X}',
  'a\nb',
  '*',
  '\\',
  '-n',
  'ö €',
];

const VALUE = `$(HOME) $$ "quotes" 'single'\nsecond line  `;

export const COMMANDS: Chapter = {
  title: 'Commands',
  intro:
    'The command of an executor is its argv. It replaces ENTRYPOINT and CMD of the image, and no shell is added.',
  cases: [
    {
      sentence:
        'Arguments reach the command as they were written: spaces, quotes, dollars, newlines, empty ones.',
      task: run('sh', '-c', 'printf "<%s>" "$@"', 'sh', ...ARGUMENTS),
      state: 'COMPLETE',
      expected: { stdout: [ARGUMENTS.map((argument) => `<${argument}>`).join('')] },
    },
    {
      sentence: 'An argument may be 100 kB long.',
      task: run('sh', '-c', 'printf %s "$1" | wc -c', 'sh', 'x'.repeat(100_000)),
      state: 'COMPLETE',
      expected: { stdout: ['100000\n'] },
    },
    {
      sentence: 'An argument that is no valid Unicode is refused.',
      task: run('echo', '\ud800'),
      state: 'refused',
      expected: { refusal: /executors\[0\]\.command\[1\]/ },
    },
    {
      sentence: 'No shell is added: what a shell would read is a plain argument.',
      task: run('echo', 'a', '|', 'cat', '>', '/dev/null', '$HOME'),
      state: 'COMPLETE',
      expected: { stdout: ['a | cat > /dev/null $HOME\n'] },
    },
    {
      sentence: 'Values of env reach the command as they were written, also empty ones.',
      task: executors([
        { script: 'printf "<%s>" "$VALUE" "${EMPTY-unset}"', env: { VALUE, EMPTY: '' } },
      ]),
      state: 'COMPLETE',
      expected: { stdout: [`<${VALUE}><>`] },
    },
    {
      sentence: 'Each executor has the environment of its own alone.',
      task: executors([
        { script: 'echo "${A-none} ${B-none}"', env: { A: '1' } },
        { script: 'echo "${A-none} ${B-none}"', env: { B: '2' } },
      ]),
      state: 'COMPLETE',
      expected: { stdout: ['1 none\n', 'none 2\n'] },
    },
    {
      sentence: 'A command starts in its workdir, which is made when it is missing.',
      task: executors([{ script: 'pwd; touch here && ls', workdir: '/data/deep/er' }]),
      state: 'COMPLETE',
      expected: { stdout: ['/data/deep/er\nhere\n'] },
    },
    {
      sentence: 'The image that was asked for and the digest that ran are in the metadata.',
      task: sh('true'),
      state: 'COMPLETE',
      check: ({ logs }, { image }) => {
        const metadata = logs?.[0]?.metadata ?? {};
        if (
          metadata['executor-0.image'] !== image ||
          metadata['executor-0.image_id']?.includes('sha256:') !== true
        ) {
          throw new Error(`the metadata is ${JSON.stringify(metadata)}`);
        }
      },
    },
  ],
};
