/** Runs one case of the execution suite: submits its task, does to it what the case says, and checks how it ended. */
import { expect } from '@jest/globals';

import type { EndFacts } from '../../src/tes/end-verdict.ts';
import { ENDS, type EndWay } from '../../src/tes/ends.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import { STAGE_FAILURES } from '../../src/tes/report.ts';
import { nameExecutor } from '../../src/tes/sentences.ts';
import { isFinal } from '../../src/tes/state.ts';
import type { ExecutorLog, Task } from '../../src/tes/task.ts';
import { runOnNode } from '../support/run-on-node.ts';
import type { System } from '../support/system.ts';
import { environment } from '../support/test-environment.ts';
import type { ExecutionCase, Expected, Given, Scene } from './case.ts';
import { sentencePattern } from './sentence-pattern.ts';

const TASKS = '/ga4gh/tes/v1/tasks';
const END_SECONDS = 150;
const POD_MS = 90_000;

/** Runs the case on a server; `folder` is the case's own below the system's files. Throws when anything is otherwise. */
export async function runCase(
  one: ExecutionCase,
  { system, folder }: { readonly system: System; readonly folder: string },
): Promise<void> {
  const given: Given = {
    image: environment('DEMO_IMAGE'),
    url: (name) => system.fileUrl(`${folder}/${name}`),
  };
  for (const [name, text] of Object.entries(one.files ?? {})) {
    await system.writeFile(`${folder}/${name}`, text);
  }
  const answer = await system.post<{ id: string; message?: string }>(TASKS, one.task(given));
  if (one.state === 'refused') {
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(one.expected?.refusal ?? /./) as unknown },
    });
    return;
  }
  expect(answer).toMatchObject({ status: 200 });
  await follow(one, aScene(given, system, answer.body.id), folder);
}

async function follow(one: ExecutionCase, scene: Scene, folder: string): Promise<void> {
  await one.during?.(scene);
  const task = await untilFinal(scene, one.withinSeconds ?? END_SECONDS);
  expect(outcomeOf(task)).toEqual({ ...outcomeOf(task), state: one.state });
  expectLogs(task, one.expected ?? {});
  if (one.proves !== undefined) await expectRow(task, scene, one.proves, one.facts);
  await expectFiles(scene.system, folder, one.expected?.files ?? {});
  await one.check?.(task, scene);
}

function aScene(given: Given, system: System, id: string): Scene {
  const newest = async (): Promise<PodObservation | undefined> =>
    (await system.namespace.podsOf(id)).toSorted((a, b) => a.name.localeCompare(b.name)).at(-1);
  return {
    ...given,
    system,
    id,
    pod: (isSo, what, withinMs = POD_MS) =>
      system.until(
        async () => {
          const pod = await newest();
          return pod !== undefined && isSo(pod) && pod;
        },
        { what, withinMs, everyMs: 50 },
      ),
    async onNode(script) {
      const pod = await newest();
      await runOnNode(system, script, { POD: pod?.uid ?? '' });
    },
  };
}

async function untilFinal({ system, id }: Scene, seconds: number): Promise<Task> {
  return system.until(
    async () => {
      const { body } = await system.get(`${TASKS}/${id}?view=FULL`);
      return isFinal(body.state) && body;
    },
    { what: `task ${id} ends`, withinMs: seconds * 1000, everyMs: 250 },
  );
}

/** State and story, so that a wrong state is shown with its reasons. */
function outcomeOf(task: Task): object {
  return { state: task.state, story: task.logs?.map(({ system_logs }) => system_logs) };
}

function expectLogs(task: Task, expected: Expected): void {
  const log = task.logs?.at(-1);
  const executors = log?.logs ?? [];
  const story = log?.system_logs ?? [];
  if (expected.attempts !== undefined) expect(task.logs).toHaveLength(expected.attempts);
  if (expected.exitCodes !== undefined) {
    expect(executors.map(({ exit_code }) => exit_code)).toEqual(expected.exitCodes);
  }
  expectStreams(executors, expected);
  expectInOrder(story, expected.systemLogs ?? []);
  if (expected.reason !== undefined) expect(story.at(-1)).toMatch(expected.reason);
}

function expectStreams(executors: readonly ExecutorLog[], expected: Expected): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const [index, text] of (expected[stream] ?? []).entries()) {
      expect(executors[index]?.[stream] ?? '').toEqual(toMatcher(text));
    }
  }
}

/** The stored verdict has the row's code, and its sentence, which a stage that failed replaces by its own. */
async function expectRow(
  task: Task,
  { system, image }: Scene,
  way: EndWay,
  facts: EndFacts = {},
): Promise<void> {
  const executor = nameExecutor(0, image);
  expect(await system.verdict(task.id)).toMatchObject({ code: ENDS[way].code });
  if (STAGE_FAILURES.some((code) => code === way)) return;
  expect(task.logs?.at(-1)?.system_logs?.at(-1) ?? '').toMatch(
    sentencePattern(way, { executor, ...facts }),
  );
}

function expectInOrder(story: readonly string[], patterns: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of patterns) {
    const at = story.slice(from).findIndex((line) => pattern.test(line));
    expect(at < 0 ? story : [pattern]).toContainEqual(pattern);
    from += at + 1;
  }
}

async function expectFiles(
  system: System,
  folder: string,
  files: NonNullable<Expected['files']>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const read = system.readFile(`${folder}/${name}`);
    if (text === undefined) await expect(read).rejects.toMatchObject({ code: 'ENOENT' });
    else await expect(read).resolves.toEqual(toMatcher(text));
  }
}

function toMatcher(text: string | RegExp): unknown {
  return typeof text === 'string' ? text : expect.stringMatching(text);
}
