/** What a user of the API does, and how long a test waits for it. */
import { isFinal, type TaskState } from '../../src/tes/state.ts';
import type { Task } from '../../src/tes/task.ts';
import type { ServerProcess } from './server-process.ts';
import { type Patience, until } from './until.ts';

/** Headers of a request. */
export type Headers = Readonly<Record<string, string>>;

/** An answer of the API. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** The API over HTTP. What is waited for in vain is thrown together with the ends of the servers' logs. */
export interface TaskClient {
  get<Body = Task>(path: string, headers?: Headers): Promise<Answer<Body>>;
  post<Body = { id: string }>(
    path: string,
    body?: object,
    headers?: Headers,
  ): Promise<Answer<Body>>;
  /** Posts a task and returns its id; throws when it is refused. */
  submit(task: object, headers?: Headers): Promise<string>;
  /** Asks to cancel; throws when that is refused. */
  cancel(id: string): Promise<void>;
  /** Waits until the task is in this state. */
  reaches(id: string, state: TaskState): Promise<Task>;
  /** Waits until the task is final and returns it in FULL view; throws when it ended in another state. */
  ends(id: string, state: TaskState, headers?: Headers): Promise<Task>;
  until: typeof until;
  /** Waits until the server says that it is ready. */
  ready(): Promise<void>;
}

const END_MS = 150_000;
const REQUEST_MS = 30_000;
const READY_MS = 60_000;
const TASKS = '/ga4gh/tes/v1/tasks';

/** The client of the first process that has an API. */
export function createTaskClient(processes: readonly ServerProcess[]): TaskClient {
  const base = (): string => {
    const api = processes.find(({ roles }) => roles.includes('api'));
    if (api === undefined) throw new Error('no process has an API');
    return api.url();
  };

  async function send<Body>(path: string, init: RequestInit): Promise<Answer<Body>> {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const answer = await fetch(`${base()}${path}`, { ...init, signal });
    return { status: answer.status, body: (await answer.json()) as Body };
  }

  const get: TaskClient['get'] = (path, headers = {}) => send(path, { headers });

  const post: TaskClient['post'] = (path, body, headers = {}) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  async function expected<Body>(answer: Promise<Answer<Body>>): Promise<Body> {
    const { status, body } = await answer;
    if (status === 200) return body;
    throw withLogs(`the API answers ${status}: ${JSON.stringify(body)}`);
  }

  function withLogs(problem: string, cause?: unknown): Error {
    const logs = processes.map((one) => one.tail());
    return new Error([problem, ...logs].join('\n'), { cause });
  }

  const untilWithLogs = async <T>(
    look: () => Promise<T | undefined | false> | T | undefined | false,
    patience: Patience,
  ): Promise<T> => {
    try {
      return await until(look, patience);
    } catch (error) {
      throw withLogs(`waited in vain until ${patience.what}`, error);
    }
  };

  /** A task that ended otherwise is not waited for any longer. */
  async function untilState(id: string, wanted: TaskState, headers?: Headers): Promise<Task> {
    const task = await untilWithLogs(
      async () => {
        const seen = await expected(get(`${TASKS}/${id}?view=FULL`, headers));
        return (seen.state === wanted || isFinal(seen.state)) && seen;
      },
      { what: `task ${id} is ${wanted}`, withinMs: END_MS },
    );
    if (task.state === wanted) return task;
    throw withLogs(`the task is not ${wanted}: ${JSON.stringify(task, undefined, 1)}`);
  }

  return {
    get,
    post,
    until: untilWithLogs,
    submit: async (task, headers) => (await expected(post(TASKS, task, headers))).id,
    async cancel(id) {
      await expected(post(`${TASKS}/${id}:cancel`));
    },
    reaches: (id, state) => untilState(id, state),
    ends: (id, state, headers) => untilState(id, state, headers),
    async ready() {
      const isReady = async (): Promise<boolean> => (await fetch(`${base()}/readyz`)).ok;
      await untilWithLogs(isReady, { what: 'the server is ready', withinMs: READY_MS });
    },
  };
}
