/** Migrations as files: plain SQL, in a transaction, or statement by statement without one. */
import { readFile } from 'node:fs/promises';

import type { MigrationBuilder } from 'node-pg-migrate';

/** What node-pg-migrate takes from a loader. */
interface MigrationUnit {
  id: string;
  filePaths: string[];
  actions: { up: (builder: MigrationBuilder) => Promise<void> };
}

/** Marks a file whose statements build or drop indexes while others write. */
const CONCURRENT = /^-- concurrently$/m;
const SECTION_DOWN = /^-- Down Migration$/m;

/** The only statements that may be repeated after they were interrupted at any point. */
const CREATE = /^create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+(\w+)\s/;
const OTHERS = [
  /^drop\s+index\s+concurrently\s+if\s+exists\s+\w+$/,
  /^alter\s+index\s+if\s+exists\s+\w+\s+set\s/,
];

/** Whoever writes waits as long behind a migration that waits for its lock. */
const LOCK_TIMEOUT = "set local lock_timeout = '500ms'";

const INVALID = `
  select from pg_index join pg_class on pg_class.oid = indexrelid
  where relname = $1 and relnamespace = current_schema()::regnamespace and not indisvalid
`;

/** Reads migrations for node-pg-migrate. Throws when a concurrent one has a statement that cannot be repeated. */
export async function readMigrations(paths: string[]): Promise<MigrationUnit[]> {
  return Promise.all(
    paths.map(async (path) => {
      const [up = ''] = (await readFile(path, 'utf8')).split(SECTION_DOWN);
      const actions = { up: CONCURRENT.test(up) ? concurrently(path, up) : inTransaction(up) };
      return { id: path, filePaths: [path], actions };
    }),
  );
}

function inTransaction(text: string): MigrationUnit['actions']['up'] {
  return (builder) => {
    builder.sql(LOCK_TIMEOUT);
    builder.sql(text);
    return Promise.resolve();
  };
}

function concurrently(path: string, text: string): MigrationUnit['actions']['up'] {
  const statements = text
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  const refused = statements.find(
    (statement) => ![CREATE, ...OTHERS].some((allowed) => allowed.test(statement)),
  );
  if (refused !== undefined) {
    throw new Error(
      `${path} runs without a transaction and may only create and drop indexes "concurrently" with "if (not) exists" and alter them, not: ${refused}`,
    );
  }
  return async (builder) => {
    builder.noTransaction();
    for (const statement of statements) {
      const [, index] = CREATE.exec(statement) ?? [];
      // A build that was interrupted leaves an index that is kept up to date and never read.
      if (
        index !== undefined &&
        (await builder.db.select({ text: INVALID, values: [index] })).length > 0
      ) {
        builder.sql(`drop index concurrently ${index}`);
      }
      builder.sql(statement);
    }
  };
}
