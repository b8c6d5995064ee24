/** Tasks in the shape in which the clients of TES send them, on real pods: what each of them relies on holds. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Task } from '../../src/tes/task.ts';
import { aShell, aShellTask } from '../support/shell-task.ts';
import { startSystem, type System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';

const PATIENCE_MS = 180_000;

/** A command with its grace of 30 s, and everything that is only noticed by looking around, take longer. */
const CANCEL_MS = 20_000;

let system: System;
let ids: Record<
  'nextflow' | 'snakemake' | 'cromwell' | 'pulsar' | 'sprocket' | 'shellless' | 'cwl',
  string
>;

/** A task directory as Nextflow has it: a bare path on both sides. */
const place = (path: string): string => new URL(system.fileUrl(path)).pathname;

function nextflowTask(): object {
  const file = (name: string) => ({ path: `/work/${name}`, url: `${place('nf')}/${name}` });
  const script = 'cat data.txt > made.txt; echo hidden > .hidden; echo said; echo 0 > .exitcode';
  return {
    name: 'nf-hello',
    tags: { sessionId: 'x' },
    resources: { cpu_cores: 1, ram_gb: 0.2, disk_gb: 0.5, backend_parameters_strict: false },
    inputs: [
      { path: '/work/.command.run', content: script, type: 'FILE' },
      { ...file('data.txt'), type: 'FILE' },
    ],
    outputs: [
      ...['.command.out', '.command.err', '.command.log', '.exitcode'].map(file),
      { path: '/work/*.txt', path_prefix: '/work', url: place('nf'), type: 'FILE' },
    ],
    executors: [
      aShell('sh /work/.command.run 2>.command.err | tee .command.log > .command.out', {
        workdir: '/work',
      }),
    ],
  };
}

function snakemakeTask(): object {
  const script =
    'mkdir /tmp/conda && cd /tmp && cat in/data > out/result && echo $HOME > /tmp/home';
  return {
    description: '',
    resources: {},
    inputs: [
      { path: '/tmp/run_snakemake.sh', content: script, url: null, type: 'FILE' },
      { path: '/tmp/in/data', url: system.fileUrl('smk/data'), type: 'FILE' },
    ],
    outputs: [{ path: '/tmp/out/result', url: system.fileUrl('smk/result'), type: 'FILE' }],
    executors: [{ ...aShell(''), command: ['sh', '/tmp/run_snakemake.sh'], workdir: '/tmp' }],
  };
}

function cromwellTask(): object {
  const folder = '/cromwell-executions/wf/0a/call-x/execution';
  const output = (name: string, members: object = {}) => ({
    name,
    description: `wf.x.${name}`,
    path: `${folder}/${name}`,
    url: `${place('cromwell')}/${name}`,
    type: 'FILE',
    ...members,
  });
  const script = `cd ${folder}; mkdir glob-1; echo a > a.txt; ln a.txt glob-1/a.txt; ls glob-1 > glob-1.list; (exit 7); echo $? > rc`;
  return {
    name: 'wf.x',
    description: 'x'.repeat(5000),
    tags: { workflow_id: 'w', root_workflow_id: 'w', parent_workflow_id: null },
    resources: { ram_gb: 0.2, backend_parameters: { internal_path_prefix: '/c' } },
    inputs: [{ name: 'script', path: `${folder}/script`, content: script, type: 'FILE' }],
    outputs: [
      ...['script', 'rc', 'stdout', 'stderr', 'glob-1.list'].map((name) => output(name)),
      output('glob-1/', { type: 'DIRECTORY' }),
    ],
    executors: [
      {
        ...aShell(''),
        command: ['sh', `${folder}/script`],
        stdout: `${folder}/stdout`,
        stderr: `${folder}/stderr`,
      },
    ],
  };
}

/** pydantic-tes sends each member that is not set as null. */
function pulsarTask(): object {
  const unset = {
    workdir: null,
    stdin: null,
    stdout: null,
    stderr: null,
    env: null,
    ignore_error: null,
  };
  const step = (script: string, workdir: string) => ({ ...unset, ...aShell(script), workdir });
  return {
    ...{ id: null, state: null, name: null, description: null, inputs: null, outputs: null },
    ...{ tags: null, logs: null, creation_time: null },
    resources: {
      cpu_cores: 1,
      ram_gb: null,
      disk_gb: null,
      preemptible: null,
      zones: null,
      backend_parameters: null,
    },
    volumes: ['/pulsar_staging/'],
    executors: [
      step('echo staged > job', '/pulsar_staging/'),
      step('cat ../job; echo made > result', '/pulsar_staging/working'),
      step('cat working/result', '/pulsar_staging/'),
    ],
  };
}

function sprocketTask(): object {
  return {
    name: 'sprocket',
    tags: { 'crankshaft-task-group': 'group-1' },
    volumes: ['/mnt/task'],
    outputs: [
      { path: '/mnt/task/out', url: system.fileUrl('sprocket'), type: 'DIRECTORY' },
      { path: '/mnt/task/stdout', url: system.fileUrl('sprocket-stdout'), type: 'FILE' },
    ],
    executors: [
      aShell('mkdir -p out; echo x > out/x; echo said; exit 4', {
        workdir: '/mnt/task',
        stdout: '/mnt/task/stdout',
        ignore_error: true,
      }),
    ],
  };
}

/** An image that holds one program and nothing else; asked for nonsense, it complains and fails. */
function shelllessTask(): object {
  return {
    outputs: [
      { path: '/o/err', url: system.fileUrl('shellless-err') },
      { path: '/o/out', url: system.fileUrl('shellless-out') },
    ],
    executors: [
      {
        image: environment('SHIM_IMAGE'),
        command: ['/shim', 'nonsense'],
        stdout: '/o/out',
        stderr: '/o/err',
        ignore_error: true,
      },
    ],
  };
}

function cwlTask(): object {
  const folder = '/var/spool/cwl';
  return {
    tags: { CWLDocumentId: 'file:///x.cwl' },
    inputs: [{ path: '/var/lib/cwl/stg/in.txt', content: 'to be read\n', type: 'FILE' }],
    outputs: [
      { path: folder, url: system.fileUrl('cwl'), type: 'DIRECTORY' },
      { path: `${folder}/said.txt`, url: system.fileUrl('cwl-said'), type: 'FILE' },
    ],
    executors: [
      {
        ...aShell('cat'),
        command: ['cat'],
        env: { HOME: folder, TMPDIR: '/tmp' },
        workdir: folder,
        stdin: '/var/lib/cwl/stg/in.txt',
        stdout: `${folder}/said.txt`,
      },
    ],
  };
}

beforeAll(async () => {
  system = await startSystem({ settings: { ORRERY_HIDE_CANCELING: 'true' } });
  await system.writeFile('nf/data.txt', 'data\n');
  await system.writeFile('smk/data', 'data\n');
  ids = {
    nextflow: await system.submit(nextflowTask()),
    snakemake: await system.submit(snakemakeTask()),
    cromwell: await system.submit(cromwellTask()),
    pulsar: await system.submit(pulsarTask()),
    sprocket: await system.submit(sprocketTask()),
    shellless: await system.submit(shelllessTask()),
    cwl: await system.submit(cwlTask()),
  };
}, 120_000);

afterAll(() => system.stop(), 60_000);

const firstLog = (task: Task) => task.logs?.[0]?.logs[0];

describe('Nextflow', () => {
  it(
    'has inputs and outputs in one writable directory, dot files, and patterns that join its URL',
    async () => {
      const task = await system.ends(ids.nextflow, 'COMPLETE');

      await expect(system.readFile('nf/.command.out')).resolves.toBe('said\n');
      await expect(system.readFile('nf/.exitcode')).resolves.toBe('0\n');
      await expect(system.readFile('nf/made.txt')).resolves.toBe('data\n');
      expect(task.logs?.[0]?.outputs.map(({ path }) => path)).not.toContain('/work/.hidden');
    },
    PATIENCE_MS,
  );
});

describe('Snakemake', () => {
  it(
    'finds /tmp writable and without /tmp/conda',
    async () => {
      await system.ends(ids.snakemake, 'COMPLETE');

      await expect(system.readFile('smk/result')).resolves.toBe('data\n');
    },
    PATIENCE_MS,
  );
});

describe('Cromwell', () => {
  it(
    'has its own directory, uploads a folder of links, and reads the exit code from a file',
    async () => {
      const task = await system.ends(ids.cromwell, 'COMPLETE');

      await expect(system.readFile('cromwell/rc')).resolves.toBe('7\n');
      await expect(system.readFile('cromwell/glob-1/a.txt')).resolves.toBe('a\n');
      await expect(system.readFile('cromwell/glob-1.list')).resolves.toBe('a.txt\n');
      expect(task.tags).toEqual({ workflow_id: 'w', root_workflow_id: 'w' });
      expect(task.logs?.[0]?.system_logs?.join()).toContain('internal_path_prefix');
    },
    PATIENCE_MS,
  );
});

describe('Pulsar', () => {
  it(
    'sends null for all it does not set, and finds the files of one executor in the next',
    async () => {
      const task = await system.ends(ids.pulsar, 'COMPLETE');

      expect(task.logs?.[0]?.logs.map(({ stdout }) => stdout)).toEqual([
        undefined,
        'staged\n',
        'made\n',
      ]);
    },
    PATIENCE_MS,
  );
});

describe('Sprocket', () => {
  it(
    'lists its group by tag and finds the exit code although errors are ignored',
    async () => {
      const task = await system.ends(ids.sprocket, 'COMPLETE');
      const list = await system.get<{ tasks: Task[] }>(
        '/ga4gh/tes/v1/tasks?tag_key=crankshaft-task-group&tag_value=group-1&page_size=2047&view=MINIMAL',
      );

      expect(task.logs?.[0]?.logs).toEqual([expect.objectContaining({ exit_code: 4 })]);
      expect(list.body).toEqual({ tasks: [{ id: ids.sprocket, state: 'COMPLETE' }] });
      await expect(system.readFile('sprocket/x')).resolves.toBe('x\n');
      await expect(system.readFile('sprocket-stdout')).resolves.toBe('said\n');
    },
    PATIENCE_MS,
  );
});

describe('cwl-tes', () => {
  it(
    'reads standard input, and brings out its whole working directory and a file of it',
    async () => {
      await system.ends(ids.cwl, 'COMPLETE');

      await expect(system.readFile('cwl/said.txt')).resolves.toBe('to be read\n');
      await expect(system.readFile('cwl-said')).resolves.toBe('to be read\n');
    },
    PATIENCE_MS,
  );
});

describe('an image without a shell', () => {
  it(
    'has its streams in the files it named, and their ends in the log',
    async () => {
      const task = await system.ends(ids.shellless, 'COMPLETE');
      const complaint = await system.readFile('shellless-err');

      expect(complaint).toContain('usage');
      expect(firstLog(task)).toMatchObject({ stderr: complaint });
      expect(firstLog(task)?.exit_code).not.toBe(0);
      await expect(system.readFile('shellless-out')).resolves.toBe('');
    },
    PATIENCE_MS,
  );
});

describe('a client that does not know CANCELING', () => {
  it(
    'sees RUNNING and soon CANCELED, and nothing else',
    async () => {
      const id = await system.submit(aShellTask("trap 'exit 9' TERM; sleep 300 & wait"));
      await system.reaches(id, 'RUNNING');
      const start = Date.now();
      await system.cancel(id);

      const seen = new Set<string>();
      await system.until(
        async () => {
          const { body } = await system.get(`/v1/tasks/${id}`);
          seen.add(body.state);
          return body.state === 'CANCELED';
        },
        { what: 'it is CANCELED', withinMs: PATIENCE_MS },
      );

      expect(Date.now() - start).toBeLessThan(CANCEL_MS);
      expect([...seen].filter((state) => state !== 'RUNNING')).toEqual(['CANCELED']);
    },
    PATIENCE_MS,
  );
});
