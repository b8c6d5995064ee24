/** A client that reads all its tasks, page by page. */
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';

import type { TaskList } from '../../../src/tes/task.ts';
import { summarize } from '../statistics.ts';
import type { ApiFigure } from './figure.ts';
import { OWNER } from './seed.ts';
import { type BenchServer, OWNER_HEADER } from './server.ts';

const LENGTH = 100_000;
const ROUNDS = 3;
const TARGET = { median: 1_200 };

/** Walks over 100,000 tasks in pages of 256, some times. Throws when a task is shown twice. */
export async function measureWalk(server: BenchServer): Promise<ApiFigure> {
  const times: number[] = [];
  let length = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const begunAt = performance.now();
    length = await walk(server.tasks);
    times.push(performance.now() - begunAt);
  }
  const { median, p95, p99 } = summarize(times);
  const measure = `walk of ${length} tasks in pages of 256, in all`;
  const figure = { measure, median, p95, p99 };
  return length < LENGTH ? figure : { ...figure, target: TARGET };
}

async function walk(tasks: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = new Set<string>();
  let read = 0;
  let token: string | undefined = '';
  while (token !== undefined && read < LENGTH) {
    const page: TaskList = await readPage(`${tasks}?page_token=${token}`, agent);
    for (const { id } of page.tasks) seen.add(id);
    read += page.tasks.length;
    token = page.next_page_token;
  }
  agent.destroy();
  if (seen.size !== read) throw new Error(`the walk showed ${read - seen.size} tasks twice`);
  return read;
}

async function readPage(url: string, agent: Agent): Promise<TaskList> {
  const { promise, resolve, reject } = Promise.withResolvers<TaskList>();
  get(url, { agent, headers: { [OWNER_HEADER]: OWNER } }, (answer) => {
    text(answer).then((body) => {
      if (answer.statusCode === 200) resolve(JSON.parse(body) as TaskList);
      else reject(new Error(`the walk was answered ${answer.statusCode}: ${body}`));
    }, reject);
  }).once('error', reject);
  return promise;
}
