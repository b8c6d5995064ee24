/** Inputs that executors see read-only, and what a command can do to get around that. */
import type { Chapter, Given } from '../case.ts';

const READ_ONLY = { ORRERY_INPUTS_READ_ONLY: 'true' };

const INPUTS = [
  { path: '/work/a/in', content: 'in\n' },
  { path: '/etc/tool.conf', content: 'conf\n' },
];

/** What executors write instead, wherever they can. */
const FORGE = (folder: string, name: string) =>
  `mkdir -p ${folder} && echo forged > ${folder}/${name}`;

/** Each way around the mounts, by an executor of its own; the last one shows what they have left of the inputs. */
const attackedBy =
  (image: (given: Given) => string, ...attacks: readonly string[]) =>
  (given: Given) => ({
    inputs: [...INPUTS, { path: '/tree', url: given.url('tree'), type: 'DIRECTORY' }],
    volumes: ['/work'],
    executors: [...attacks, 'cat /work/a/in /etc/tool.conf /tree/x'].map((script) => ({
      image: image(given),
      command: ['sh', '-c', script],
    })),
  });

const THROUGH_THE_ROOT =
  'cd /.orrery/files; for one in work/a/in etc/tool.conf tree/x; do chmod u+w $one; echo forged > $one; done';
const BY_A_NEW_ROOT = `cd /.orrery/files; mv work old; mv tree old-tree; mv etc old-etc; ${FORGE('work/a', 'in')}; ${FORGE('tree', 'x')}; ${FORGE('etc', 'tool.conf')}; chmod -R 777 work; true`;
const BY_A_NEW_FOLDER = `mv /work/a /work/moved; ${FORGE('/work/a', 'in')}; true`;
const BY_A_LINK =
  'mv /work/a /work/moved-too; mkdir /work/own; echo forged > /work/own/in; ln -s own /work/a; true';
const ATTACKS = [THROUGH_THE_ROOT, BY_A_NEW_ROOT, BY_A_NEW_FOLDER, BY_A_LINK];

const UNHARMED = {
  exitCodes: [0, 0, 0, 0, 0],
  stdout: ['', '', '', '', 'in\nconf\nx\n'],
};

export const READ_ONLY_INPUTS: Chapter = {
  title: 'Read-only inputs',
  intro:
    'With `ORRERY_INPUTS_READ_ONLY` each input that the task does not write itself is mounted read-only, from a tree that no executor has otherwise.',
  cases: [
    {
      sentence: 'A missing input is named also where inputs are mounted over files of the image.',
      settings: READ_ONLY,
      task: ({ image, url }) => ({
        inputs: [{ path: '/etc/passwd', url: url('none') }],
        executors: [{ image, command: ['true'] }],
      }),
      state: 'SYSTEM_ERROR',
      expected: { exitCodes: [], reason: /The input \/etc\/passwd .* does not exist/ },
    },
    {
      sentence:
        'With `ORRERY_INPUTS_READ_ONLY` nobody can change an input, root included, unless the task itself writes there.',
      settings: READ_ONLY,
      files: { 'tree/a': 'a\n' },
      task: ({ image, url }) => ({
        inputs: [
          { path: '/work/in', content: 'in\n' },
          { path: '/etc/tool.conf', content: 'conf\n' },
          { path: '/tree', url: url('tree'), type: 'DIRECTORY' },
          { path: '/work/edited', content: 'old\n' },
        ],
        outputs: [
          { path: '/work/edited', url: url('edited') },
          { path: '/work/made', url: url('made') },
        ],
        executors: [
          {
            image,
            command: [
              'sh',
              '-c',
              'for one in /work/in /etc/tool.conf /tree/a; do (echo x > $one || rm -f $one) 2>/dev/null && echo changed $one; done; touch /tree/new 2>/dev/null && echo made; ' +
                'cat /work/in /etc/tool.conf /tree/a; echo new > /work/edited; echo made > /work/made; grep -c root /etc/passwd',
            ],
          },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        stdout: ['in\nconf\na\n1\n'],
        files: { edited: 'new\n', made: 'made\n' },
      },
    },
    {
      sentence:
        'Root cannot forge an input for the next executor either: not through `/.orrery/files`, and not by moving folders or planting links.',
      settings: READ_ONLY,
      files: { 'tree/x': 'x\n' },
      task: attackedBy(({ image }) => image, ...ATTACKS),
      state: 'COMPLETE',
      expected: UNHARMED,
    },
    {
      sentence: 'Neither can a user who is not root, also where the files belong to that user.',
      settings: { ...READ_ONLY, ORRERY_POD_SECURITY: 'restricted' },
      files: { 'tree/x': 'x\n' },
      task: attackedBy(({ image }) => image, ...ATTACKS),
      state: 'COMPLETE',
      expected: UNHARMED,
    },
    {
      sentence:
        'A read-only input below an output directory is uploaded with it, and so is one that an output is a link to.',
      settings: READ_ONLY,
      files: { 'tree/x': 'x\n' },
      task: ({ image, url }) => ({
        inputs: [...INPUTS, { path: '/work/tree', url: url('tree'), type: 'DIRECTORY' }],
        outputs: [
          { path: '/work', url: url('work'), type: 'DIRECTORY' },
          { path: '/out/link', url: url('link') },
        ],
        executors: [
          {
            image,
            command: [
              'sh',
              '-c',
              'ln -s /work/a/in /out/link; echo own > /work/own; chmod 555 /work/a',
            ],
          },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        files: { 'work/a/in': 'in\n', 'work/tree/x': 'x\n', 'work/own': 'own\n', link: 'in\n' },
      },
    },
  ],
};
