/** A user of the API in a hurry. */
import { isFinal, type TaskState } from '../../src/tes/state.ts';

interface Listed {
  readonly id: string;
  readonly state: TaskState;
}

/** Requests to one server; each throws when it is refused. */
export interface BenchClient {
  submit(task: object): Promise<string>;
  /** The state by GET in MINIMAL view. */
  state(id: string): Promise<TaskState>;
  cancel(id: string): Promise<void>;
  /** The final ones among the tasks with this value of the tag `bench`. */
  finals(tag: string): Promise<readonly Listed[]>;
}

/** The client of the tasks at this address. */
export function createBenchClient(tasks: string): BenchClient {
  async function send<T>(url: string, init: RequestInit = {}): Promise<T> {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    if (answer.ok) return (await answer.json()) as T;
    throw new Error(`the API answers ${answer.status}: ${await answer.text()}`);
  }
  return {
    async submit(task) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(task);
      return (await send<Listed>(tasks, { method: 'POST', headers, body })).id;
    },
    state: async (id) => (await send<Listed>(`${tasks}/${id}`)).state,
    async cancel(id) {
      await send(`${tasks}/${id}:cancel`, { method: 'POST' });
    },
    async finals(tag) {
      const query = new URLSearchParams({ tag_key: 'bench', tag_value: tag, page_size: '1000' });
      const page = await send<{ tasks: Listed[] }>(`${tasks}?${query.toString()}`);
      return page.tasks.filter(({ state }) => isFinal(state));
    },
  };
}
