/** The witness that real pods report to: an exclusive file for each start and each end of a user's command. */
import { once } from 'node:events';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What a command reported: the run is a random word that each execution chooses for itself. */
export interface Mark {
  readonly pod: string;
  readonly executor: number;
  readonly what: 'start' | 'end';
  readonly run: string;
  /** When it arrived, in epoch milliseconds. */
  readonly at: number;
  /** Only of an end. */
  readonly exitCode: number;
}

/** A running witness. */
export interface Witness {
  /** Shell text that reports a start; it waits until the witness has written its file. */
  start(executor: number): string;
  end(executor: number, exitCode: number): string;
  marks(): Promise<readonly Mark[]>;
  close(): Promise<void>;
}

const PATH =
  /^\/(?<what>start|end)\/(?<pod>[a-z0-9-]+)\/(?<executor>\d+)\/(?<run>[a-z0-9-]+)\/(?<exitCode>\d+)$/;

/**
 * Listens where pods can reach it. Pod, executor and run make the name of the file, which is made exclusively: a
 * report that is sent again changes nothing, a second run of one executor in one pod leaves a second file.
 */
export async function openWitness(host: string, folder: string): Promise<Witness> {
  await mkdir(folder, { recursive: true });
  const server = createServer((request, response) => {
    void note(folder, request.url ?? '').then((status) => response.writeHead(status).end());
  });
  server.listen(0, host);
  await once(server, 'listening');
  const base = `http://${host}:${(server.address() as AddressInfo).port}`;
  const report = (what: string, executor: number, exitCode: number): string =>
    `until wget -q -O /dev/null "${base}/${what}/$HOSTNAME/${executor}/$RUN/${exitCode}"; do sleep 0.3; done`;
  return {
    start: (executor) => `RUN=$(cat /proc/sys/kernel/random/uuid); ${report('start', executor, 0)}`,
    end: (executor, exitCode) => report('end', executor, exitCode),
    marks: async () => {
      const names = await readdir(folder);
      return Promise.all(names.map(async (name) => readMark(join(folder, name))));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function note(folder: string, url: string): Promise<number> {
  const { what, pod, executor, run, exitCode } = PATH.exec(url)?.groups ?? {};
  if (what === undefined) return 404;
  const mark = {
    pod,
    executor: Number(executor),
    what,
    run,
    at: Date.now(),
    exitCode: Number(exitCode),
  };
  try {
    const file = await open(join(folder, `${pod}.${executor}.${what}.${run}`), 'wx');
    await file.writeFile(JSON.stringify(mark)).finally(() => file.close());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return 500;
  }
  return 200;
}

async function readMark(file: string): Promise<Mark> {
  return JSON.parse(await readFile(file, 'utf8')) as Mark;
}
