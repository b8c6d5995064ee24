/** What a command sees beside its argv. */
import { environment } from '../../support/test-environment.ts';
import type { Chapter, Given } from '../case.ts';

const VALUES = {
  EMPTY: '',
  DOLLARS: '$(HOME) $$ $HOME $(NONE)',
  QUOTES: `'single' "double"`,
  'dotted.name': 'ö €',
};

/** What every container runtime sets, whatever the image. */
const RUNTIME = ['HOME', 'HOSTNAME', 'PATH'];

function namesOf(printed: string | undefined): string[] {
  return (printed ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(0, line.indexOf('=')))
    .toSorted();
}

const env = (values: Readonly<Record<string, string>>, image?: () => string) => (given: Given) => ({
  executors: [{ image: image?.() ?? given.image, command: ['env'], env: values }],
});

const ofUser = () => environment('USER_IMAGE');
const ofBare = () => environment('BARE_IMAGE');

export const ENVIRONMENT: Chapter = {
  title: 'Environment and images',
  intro: 'A command sees what it would see in its image anywhere else, and what its task adds.',
  cases: [
    {
      sentence:
        'The environment is that of the image and of the task, with the HOME, HOSTNAME and PATH of every container runtime: nothing of Kubernetes, nothing of Orrery.',
      task: env(VALUES),
      state: 'COMPLETE',
      check(task) {
        const printed = task.logs?.[0]?.logs[0]?.stdout;
        const wanted = [...Object.keys(VALUES), ...RUNTIME].toSorted();
        if (namesOf(printed).join() !== wanted.join()) throw new Error(printed);
        for (const [name, value] of Object.entries(VALUES)) {
          if (!printed?.split('\n').includes(`${name}=${value}`)) throw new Error(printed);
        }
      },
    },
    {
      sentence: 'A variable of the task wins over that of the image; the others of the image stay.',
      task: env({ PATH: '/bin:/none' }, ofUser),
      state: 'COMPLETE',
      expected: { stdout: [/^FROM_IMAGE=\$\(HOME\) a=b\n(?:.*\n)*PATH=\/bin:\/none\n$/m] },
    },
    {
      sentence: 'A task may set a variable that Kubernetes sets in every container.',
      task: env({ KUBERNETES_SERVICE_HOST: 'mine' }),
      state: 'COMPLETE',
      expected: { stdout: [/^KUBERNETES_SERVICE_HOST=mine$/m] },
    },
    {
      sentence: 'A command is looked for in the PATH that its task sets.',
      task: env({ PATH: '/none' }),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [127], stderr: [/"env": command not found in PATH "\/none"/] },
    },
    {
      sentence: 'The command replaces the ENTRYPOINT of the image, and runs as its user.',
      task: () => ({ executors: [{ image: ofUser(), command: ['id'] }] }),
      state: 'COMPLETE',
      expected: { stdout: [/^uid=1234 /] },
    },
    {
      sentence: 'Without a workdir the command runs in that of the image.',
      task: () => ({
        executors: [{ image: ofUser(), command: ['sh', '-c', 'pwd; cat from-image'] }],
      }),
      state: 'COMPLETE',
      expected: { stdout: ['/home/worker\nimage\n'] },
    },
    {
      sentence:
        'An image without a shell, without users and without directories runs like any other.',
      task: ({ url }) => ({
        inputs: [{ path: '/data/in', content: 'b\na\n' }],
        outputs: [{ path: '/data/out', url: url('sorted') }],
        executors: [
          {
            image: ofBare(),
            command: ['/busybox', 'sort'],
            stdin: '/data/in',
            stdout: '/data/out',
          },
          { image: ofBare(), command: ['/busybox', 'id', '-u'] },
        ],
      }),
      state: 'COMPLETE',
      expected: { files: { sorted: 'a\nb\n' }, stdout: ['a\nb\n', '65532\n'] },
    },
  ],
};
