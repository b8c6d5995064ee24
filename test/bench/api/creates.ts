/** How fast tasks are accepted, beside what Postgres and Fastify do alone. */
import { measureBareFastify, measureBareInserts } from './bare-rates.ts';
import { NEXTFLOW, SMALL } from './bodies.ts';
import { type ApiFigure, type Target, toApiFigure } from './figure.ts';
import { runLoad } from './load.ts';
import { type BenchServer, OWNER_HEADER } from './server.ts';

const CONNECTIONS = [1, 8, 64] as const;

const TARGETS: Readonly<Record<number, Target>> = {
  1: { perSecond: 1500 },
  8: { perSecond: 4000 },
  64: { perSecond: 5000, p99: 40 },
};

const BODIES = [
  { name: 'small', body: SMALL },
  { name: '3 KiB', body: NEXTFLOW },
];

/** The rates at 1, 8 and 64 connections, each beside the bare rates. */
export async function measureCreates(
  server: BenchServer,
  { seconds, say }: { seconds: number; say: (line: string) => void },
): Promise<ApiFigure[]> {
  const figures: ApiFigure[] = [];
  for (const { name, body } of BODIES) {
    for (const connections of CONNECTIONS) {
      say(`create, ${name} body, ${connections} connections …`);
      const load = { body, connections, seconds };
      const title = (what: string): string => `${what}, ${name} body, ${connections} conn.`;
      const post = await runLoad({
        ...{ url: server.tasks, method: 'POST', connections, seconds, warmSeconds: 1 },
        headers: { 'content-type': 'application/json', [OWNER_HEADER]: `owner-${connections}` },
        body: JSON.stringify(body),
      });
      const bareInsert = await measureBareInserts(server.databaseUrl, load);
      const bareFastify = await measureBareFastify(load);
      figures.push(
        toApiFigure(title('POST /tasks'), post, TARGETS[connections]),
        toApiFigure(title('  bare Postgres insert'), bareInsert),
        toApiFigure(title('  bare Fastify POST'), bareFastify),
      );
    }
  }
  return figures;
}
