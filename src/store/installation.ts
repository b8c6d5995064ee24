/** Which installation this is, and which engines belong to it. */
import { sql } from 'kysely';

import type { Database } from './database.ts';
import type { InstallationStore } from './ports.ts';

const COLUMNS = {
  'temporal-namespace': 'temporal_namespace',
  'task-namespace': 'task_namespace',
} as const;

/** The installation's row over a database. */
export function createInstallationStore(db: Database): InstallationStore {
  const ensure = async (): Promise<void> => {
    await sql`insert into installation default values on conflict do nothing`.execute(db);
  };
  return {
    async id() {
      await ensure();
      const row = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow();
      return row.id;
    },

    async createdAt() {
      await ensure();
      const row = await db
        .selectFrom('installation')
        .select('created_at')
        .executeTakeFirstOrThrow();
      return row.created_at;
    },

    async recognise(engine, identity) {
      await ensure();
      const column = sql.ref(COLUMNS[engine]);
      const stored = await sql<{ known: boolean }>`
        update installation set ${column} = coalesce(${column}, ${identity})
        returning ${column} = ${identity} as known
      `.execute(db);
      return stored.rows[0]?.known ?? false;
    },
  };
}
