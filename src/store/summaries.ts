/** What a task runs, in a few words. */
import { sql } from 'kysely';

import type { Database } from './database.ts';
import type { SummaryStore, TaskSummary } from './ports.ts';

/** Documents above this (compressed) size are not parsed for a few words. */
const LARGEST_BYTES = 262_144;

interface Row {
  readonly name: string | null;
  readonly image: string | null;
  readonly executors: number;
  readonly cpu: string | null;
  readonly ram: string | null;
}

/** The summaries over a database. */
export function createSummaryStore(db: Database): SummaryStore {
  return {
    async find(taskId) {
      const found = await sql<Row>`
        select
          document ->> 'name' as name,
          document -> 'executors' -> 0 ->> 'image' as image,
          json_array_length(document -> 'executors') as executors,
          document -> 'resources' ->> 'cpu_cores' as cpu,
          document -> 'resources' ->> 'ram_gb' as ram
        from task_documents
        where task_id = ${taskId} and pg_column_size(document) < ${LARGEST_BYTES}
      `.execute(db);
      const [row] = found.rows;
      return row && toSummary(row);
    },
  };
}

function toSummary({ name, image, executors, cpu, ram }: Row): TaskSummary {
  return {
    image: image ?? '',
    executors,
    ...(name !== null && { name }),
    ...(cpu !== null && { cpuCores: Number(cpu) }),
    ...(ram !== null && { ramGb: Number(ram) }),
  };
}
