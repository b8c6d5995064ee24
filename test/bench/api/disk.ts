/** What the tasks take on disk. */
import pg from 'pg';

const SIZES = `
  select relname as table, pg_table_size(oid) as data, pg_indexes_size(oid) as indexes
  from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
  order by pg_total_relation_size(oid) desc limit 6
`;

const MIB = 1024 ** 2;

/** One sentence with the size of the database and of its largest tables. */
export async function describeDisk(url: string, tasks: number): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ table: string; data: string; indexes: string }>(SIZES);
    const bytes = ({ data, indexes }: { data: string; indexes: string }): number =>
      Number(data) + Number(indexes);
    const total = rows.reduce((sum, row) => sum + bytes(row), 0);
    const tables = rows.map(
      (row) => `${row.table} ${mib(Number(row.data))} + ${mib(Number(row.indexes))} indexes`,
    );
    return `On disk, ${tasks} tasks: ${mib(total)}, ${Math.round(total / tasks)} bytes a task (${tables.join(', ')}).`;
  } finally {
    await client.end();
  }
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
