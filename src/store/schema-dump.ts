/** The schema as text, printed from the catalogue tables, so that a change of it is a visible diff. */
import type { Pool } from './pool.ts';

/** Tables with their columns, constraints and indexes; node-pg-migrate's own table is not part of the schema. */
const LINES = `
  with tables as (
    select oid, relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migrations'
  ), members as (
    select tables.relname, 1 as part, attnum::text as place, format(
      '  %s %s%s%s', attname, format_type(atttypid, atttypmod),
      case when attnotnull then ' not null' else '' end,
      ' default ' || pg_get_expr(adbin, adrelid)
    ) as line
    from tables
    join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    union all
    select relname, 2, conname, format('  constraint %s %s', conname, pg_get_constraintdef(pg_constraint.oid))
    from tables join pg_constraint on conrelid = tables.oid and contype <> 'n'
    union all
    select relname, 3, indexrelid::regclass::text, '  ' || pg_get_indexdef(indexrelid)
    from tables join pg_index on indrelid = tables.oid
    where not exists (select from pg_constraint where conindid = indexrelid and conrelid = indrelid)
  )
  select relname as table, line from members
  order by relname, part, case when part = 1 then lpad(place, 4, '0') else place end collate "C"
`;

/** The schema of a migrated database, table by table. */
export async function dumpSchema(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ table: string; line: string }>(LINES);
  const tables = Map.groupBy(rows, ({ table }) => table);
  const blocks = [...tables].map(([table, members]) =>
    [`-- ${table}`, ...members.map(({ line }) => line.trimEnd())].join('\n'),
  );
  return `-- Printed from the catalogue by \`npm run schema:dump\`; do not edit.\n\n${blocks.join('\n\n')}\n`;
}
