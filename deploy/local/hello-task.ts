import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { FilesVolume } from './kubernetes/files-volume.ts';
import { LocalError } from './local-error.ts';
import { waitUntil } from './wait.ts';

export interface HelloTask {
  /** Where the API answers, without a path. */
  url: string;
  image: string;
  files?: FilesVolume;
  onState: (state: string) => void;
}

/** A TES document as the API gives it; only what is looked at here. */
export interface TaskDocument {
  id: string;
  state: string;
}

const PATIENCE_SECONDS = 300;
const POLL_MS = 300;
const FINAL_STATES = ['COMPLETE', 'EXECUTOR_ERROR', 'SYSTEM_ERROR', 'CANCELED', 'PREEMPTED'];
const GREETING = 'Hello from Orrery!\n';

/** Posts a small task that reads a file and writes one, waits for its end, and returns its full document. */
export async function runHelloTask(hello: HelloTask): Promise<TaskDocument> {
  const tasks = `${hello.url}/ga4gh/tes/v1/tasks`;
  const { id } = await request<{ id: string }>(tasks, buildHelloTask(hello.image, hello.files));
  let last = '';
  const hasEnded = async (): Promise<boolean> => {
    const { state } = await request<TaskDocument>(`${tasks}/${id}`);
    if (state !== last) hello.onState(state);
    last = state;
    return FINAL_STATES.includes(state);
  };
  if (!(await waitUntil(hasEnded, PATIENCE_SECONDS, POLL_MS))) {
    throw new LocalError(
      `The hello task ${id} is still ${last} after ${PATIENCE_SECONDS} s: look at it with \`npm run local -- kubectl -n orrery-tasks get pods\`.`,
    );
  }
  return request<TaskDocument>(`${tasks}/${id}?view=FULL`);
}

/** With a files folder the input is a file of it and the output lands in it; without one the input is inline. */
function buildHelloTask(image: string, files: FilesVolume | undefined): unknown {
  const folder = files === undefined ? undefined : path.join(files.directory, 'hello');
  const input = { name: 'greeting', path: '/data/in/greeting.txt' };
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'greeting.txt'), GREETING);
  }
  const urlOf = (name: string): string => pathToFileURL(path.join(folder ?? '/', name)).href;
  return {
    name: 'hello',
    description: 'Turns a greeting into capital letters',
    inputs: [
      folder === undefined
        ? { ...input, content: GREETING }
        : { ...input, url: urlOf('greeting.txt') },
    ],
    outputs:
      folder === undefined
        ? []
        : [{ name: 'loud', path: '/data/out/loud.txt', url: urlOf('loud.txt') }],
    executors: [
      {
        image,
        command: ['sh', '-c', 'tr a-z A-Z < /data/in/greeting.txt | tee /data/out/loud.txt'],
      },
    ],
    volumes: ['/data/out'],
    tags: { example: 'hello' },
  };
}

async function request<T>(url: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, {
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
  });
  if (!answer.ok) throw new LocalError(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
