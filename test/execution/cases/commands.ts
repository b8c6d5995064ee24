/** How commands are started. */
import type { Chapter, Given } from '../case.ts';

const ARGUMENTS = [
  '',
  'two  spaces',
  `'single' "double"`,
  '$(HOME) $HOME `id` $$',
  'a\nb',
  '*',
  '\\',
  'ö €',
];

/** One executor with this argv. */
const run =
  (...command: readonly string[]) =>
  ({ image }: Given) => ({ executors: [{ image, command }] });

const sh = (script: string, ...rest: readonly string[]) => run('sh', '-c', script, ...rest);

export const COMMANDS: Chapter = {
  title: 'Commands',
  intro: 'The command of an executor is its argv: it replaces ENTRYPOINT and CMD of the image.',
  cases: [
    {
      sentence:
        'Arguments reach the command as they were written: spaces, quotes, dollars, newlines, empty ones.',
      task: sh('printf "<%s>" "$@"', 'sh', ...ARGUMENTS),
      state: 'COMPLETE',
      expected: { stdout: [ARGUMENTS.map((argument) => `<${argument}>`).join('')] },
    },
    {
      sentence: 'An argument may be 100 kB long.',
      task: sh('printf %s "$1" | wc -c', 'sh', 'x'.repeat(100_000)),
      state: 'COMPLETE',
      expected: { stdout: ['100000\n'] },
    },
    {
      sentence: 'No shell is added: a pipe in an argument is a plain argument.',
      task: run('echo', 'a', '|', 'cat'),
      state: 'COMPLETE',
      expected: { stdout: ['a | cat\n'] },
    },
  ],
};
