/** Where inputs and outputs lie, and what a command can do with them. */
import { environment } from '../../support/test-environment.ts';
import type { Chapter } from '../case.ts';

export const FILES: Chapter = {
  title: 'Files',
  intro:
    'Directories of inputs, outputs and volumes exist before the first command runs, and every user may write to them.',
  cases: [
    {
      sentence: 'Inputs, outputs, volume and working directory may lie in one directory.',
      task: ({ image, url }) => ({
        inputs: [
          { path: '/work/in', content: 'in\n' },
          { path: '/work/tree/in', url: url('given') },
        ],
        outputs: [
          { path: '/work/out', url: url('out') },
          { path: '/work/tree/made', url: url('made'), type: 'DIRECTORY' },
        ],
        volumes: ['/work/volume'],
        executors: [
          {
            image,
            workdir: '/work',
            command: [
              'sh',
              '-c',
              'cat in tree/in > volume/x && cp volume/x out && cp out tree/made/y',
            ],
          },
        ],
      }),
      files: { given: 'given\n' },
      state: 'COMPLETE',
      expected: { files: { out: 'in\ngiven\n', 'made/y': 'in\ngiven\n' } },
    },
    {
      sentence: 'An output may be an input: what the command made of it is uploaded.',
      task: ({ image, url }) => ({
        inputs: [{ path: '/work/file', content: 'old\n' }],
        outputs: [{ path: '/work/file', url: url('file') }],
        executors: [{ image, command: ['sed', '-i', 's/old/new/', '/work/file'] }],
      }),
      state: 'COMPLETE',
      expected: { files: { file: 'new\n' } },
    },
    {
      sentence: 'Inputs and outputs may lie in /tmp, which all executors share.',
      task: ({ image, url }) => ({
        inputs: [{ path: '/tmp/in', content: 'x\n' }],
        outputs: [{ path: '/tmp/out', url: url('out') }],
        executors: [
          { image, command: ['cp', '/tmp/in', '/tmp/between'] },
          { image, command: ['mv', '/tmp/between', '/tmp/out'] },
        ],
      }),
      state: 'COMPLETE',
      expected: { files: { out: 'x\n' } },
    },
    {
      sentence: 'An output directory may lie below an input directory.',
      task: ({ image, url }) => ({
        inputs: [{ path: '/data', url: url('given'), type: 'DIRECTORY' }],
        outputs: [{ path: '/data/results', url: url('results'), type: 'DIRECTORY' }],
        executors: [{ image, command: ['cp', '/data/a', '/data/results/b'] }],
      }),
      files: { 'given/a': 'x\n' },
      state: 'COMPLETE',
      expected: { files: { 'results/b': 'x\n' } },
    },
    {
      sentence:
        'What a wildcard matches goes to the URL without `path_prefix`, however that is spelled.',
      task: ({ image, url }) => ({
        outputs: [{ path: '/data//out/*.txt', path_prefix: '/data//out', url: url('found') }],
        executors: [{ image, command: ['touch', '/data/out/1.txt'] }],
      }),
      state: 'COMPLETE',
      expected: { files: { 'found/1.txt': '', 'found/data/out/1.txt': undefined } },
    },
    {
      sentence: 'A lone file in a directory of the image does not hide what else lies there.',
      task: ({ image }) => ({
        inputs: [{ path: '/etc/tool.conf', content: 'words\n' }],
        executors: [
          { image, command: ['sh', '-c', 'cat /etc/tool.conf; grep -c root /etc/passwd'] },
        ],
      }),
      state: 'COMPLETE',
      expected: { stdout: ['words\n1\n'] },
    },
    {
      sentence:
        'A lone output may be renamed into its place or edited in place, and goes on to the next executor.',
      task: ({ image, url }) => ({
        inputs: [{ path: '/etc/edited.conf', content: 'old\n' }],
        outputs: [
          { path: '/var/lib/renamed', url: url('renamed') },
          { path: '/etc/edited.conf', url: url('edited') },
        ],
        executors: [
          {
            image,
            command: [
              'sh',
              '-c',
              'echo x > /var/lib/tmp && mv /var/lib/tmp /var/lib/renamed && sed -i s/old/new/ /etc/edited.conf',
            ],
          },
          { image, command: ['sh', '-c', 'cat /var/lib/renamed /etc/edited.conf'] },
        ],
      }),
      state: 'COMPLETE',
      expected: { files: { renamed: 'x\n', edited: 'new\n' }, stdout: ['', 'x\nnew\n'] },
    },
    {
      sentence:
        'An output that the command did not write is missing: the task says so, and uploads the others.',
      task: ({ image, url }) => ({
        outputs: [
          { path: '/out/there', url: url('there') },
          { path: '/out/missing', url: url('missing') },
        ],
        executors: [{ image, command: ['touch', '/out/there'] }],
      }),
      state: 'SYSTEM_ERROR',
      expected: {
        exitCodes: [0],
        files: { there: '', missing: undefined },
        reason: /The output \/out\/missing was not written by the task/,
      },
    },
    {
      sentence:
        'A user who is not root may write everywhere, and what only it may read is uploaded.',
      task: ({ url }) => ({
        inputs: [{ path: '/work/in', content: 'x\n' }],
        outputs: [
          { path: '/work/out', url: url('out') },
          { path: '/results', url: url('results'), type: 'DIRECTORY' },
          { path: '/home/worker/lone', url: url('lone') },
        ],
        executors: [
          {
            image: environment('USER_IMAGE'),
            command: [
              'sh',
              '-c',
              'umask 077; cp /work/in /work/out; mkdir /results/deep; echo y > /results/deep/file; echo z > lone.tmp; mv lone.tmp lone; ls -ln /work/out | cut -c 1-10',
            ],
          },
        ],
      }),
      state: 'COMPLETE',
      expected: {
        stdout: ['-rw-------\n'],
        files: { out: 'x\n', 'results/deep/file': 'y\n', lone: 'z\n' },
      },
    },
    {
      sentence:
        'A lone file that the user of the image may not place ends the task with a sentence that says so.',
      task: () => ({
        inputs: [{ path: '/etc/tool.conf', content: 'x' }],
        executors: [{ image: environment('USER_IMAGE'), command: ['true'] }],
      }),
      state: 'SYSTEM_ERROR',
      expected: {
        exitCodes: [],
        reason:
          /\/etc\/tool\.conf cannot be placed in the container: the image's user has no permission/,
      },
    },
    {
      sentence: 'A workdir that does not exist is made, also in a directory of the image.',
      task: ({ image }) => ({
        executors: [
          { image, workdir: '/not/there/yet', command: ['pwd'] },
          { image, workdir: '/etc/new', command: ['pwd'] },
        ],
      }),
      state: 'COMPLETE',
      expected: { stdout: ['/not/there/yet\n', '/etc/new\n'] },
    },
    {
      sentence: 'A volume may be `/dev/shm`, and hold inputs and outputs.',
      task: ({ image, url }) => ({
        volumes: ['/dev/shm'],
        inputs: [{ path: '/dev/shm/in', content: 'x\n' }],
        outputs: [{ path: '/dev/shm/out', url: url('out') }],
        executors: [
          { image, command: ['cp', '/dev/shm/in', '/dev/shm/between'], stdout: '/dev/null' },
          { image, command: ['mv', '/dev/shm/between', '/dev/shm/out'] },
        ],
      }),
      state: 'COMPLETE',
      expected: { files: { out: 'x\n' } },
    },
    {
      sentence: 'A lone file among the devices of `/dev` is refused.',
      task: ({ image }) => ({
        inputs: [{ path: '/dev/shm/index', content: 'x' }],
        executors: [{ image, command: ['cat', '/dev/shm/index'] }],
      }),
      state: 'refused',
      expected: { refusal: /^inputs\[0\]\.path must not lie among the devices in \/dev; choose/ },
    },
  ],
};
