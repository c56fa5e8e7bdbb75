import pg from 'pg';

/**
 * Rows of which a copy has its own, or none: migrations, the mode and the clock, who is signed in, and when the pages of
 * the source could be reached.
 */
const notCopied = ['_prisma_migrations', 'instance', 'session', 'verification', 'reachable_time'];

const rowsAtOnce = 1000;
/** Of tables with files, each of some megabytes. */
const filesAtOnce = 4;

/**
 * Copies an instance into an empty database as a rehearsal whose clock stands at the moment of the copy. The source is
 * read as it is at one moment, and nothing is written to it; nobody is signed in to the copy, and mail that waited in
 * the source is kept in the copy's outbox. Rule W5.
 * @param from connection string of the instance
 * @param to connection string of a migrated database without organisations; its user must be a superuser
 * @throws Error when the two are not of the same version, or the target is not empty; nothing is written then
 */
export async function copyInstance(from: string, to: string): Promise<{ readonly rows: number }> {
  const source = new pg.Client({ connectionString: from });
  const target = new pg.Client({ connectionString: to });
  await Promise.all([source.connect(), target.connect()]);
  try {
    await source.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await target.query('BEGIN');
    await refuseOtherVersion(source, target);
    await refuseFilled(target);
    // The order of the tables does not matter then, and what is copied was checked when it was written.
    await target.query('SET LOCAL session_replication_role = replica');
    await target.query(`DELETE FROM calendar_year`);
    let rows = 0;
    for (const table of await tablesOf(source)) rows += await copyTable(source, target, table);
    await moveSequences(target);
    await writeInstance(source, target);
    await target.query(`UPDATE delivery SET state = 'kept' WHERE state = 'waiting'`);
    await target.query('COMMIT');
    return { rows };
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

async function refuseOtherVersion(source: pg.Client, target: pg.Client): Promise<void> {
  const [before, after] = await Promise.all([source, target].map(migrationsOf));
  if (before!.join() === after!.join()) return;
  throw new Error(
    `The instance stands at the migration ${before!.at(-1)}, this version at ${after!.at(-1)}. ` +
      'Make the rehearsal with the version that the instance runs.',
  );
}

async function migrationsOf(database: pg.Client): Promise<string[]> {
  const { rows } = await database.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY migration_name',
  );
  return rows.map((row) => row.migration_name);
}

async function refuseFilled(target: pg.Client): Promise<void> {
  const { rows } = await target.query('SELECT 1 FROM organisation LIMIT 1');
  if (rows.length > 0) throw new Error('The database of the rehearsal is not empty.');
}

async function tablesOf(source: pg.Client): Promise<string[]> {
  const { rows } = await source.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  return rows.map(({ name }) => name).filter((name) => !notCopied.includes(name));
}

async function copyTable(source: pg.Client, target: pg.Client, table: string): Promise<number> {
  const name = source.escapeIdentifier(table);
  await source.query(
    `DECLARE copied NO SCROLL CURSOR FOR SELECT row_to_json(copy)::text AS row FROM ${name} copy`,
  );
  const { rowCount: files } = await source.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = $1 AND data_type = 'bytea'`,
    [table],
  );
  const atOnce = files ? filesAtOnce : rowsAtOnce;
  let copied = 0;
  for (;;) {
    const { rows } = await source.query<{ row: string }>(`FETCH ${atOnce} FROM copied`);
    if (rows.length === 0) break;
    await target.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1::json)`, [
      `[${rows.map(({ row }) => row).join(',')}]`,
    ]);
    copied += rows.length;
  }
  await source.query('CLOSE copied');
  return copied;
}

/** Numbers that the database gives go on behind those that were copied. */
async function moveSequences(target: pg.Client): Promise<void> {
  const { rows } = await target.query<{ table: string; column: string }>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
     WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'`,
  );
  for (const { table, column } of rows) {
    const [name, number] = [table, column].map((each) => target.escapeIdentifier(each));
    await target.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max(${number}), 0) + 1, false) FROM ${name}`,
      [name, column],
    );
  }
}

async function writeInstance(source: pg.Client, target: pg.Client): Promise<void> {
  const { rows } = await source.query<{ clock: Date | null }>('SELECT clock FROM instance');
  if (rows.length === 0) throw new Error('The database to be copied is no instance.');
  await target.query('DELETE FROM instance');
  await target.query(
    `INSERT INTO instance (id, mode, clock, "createdAt") VALUES (1, 'rehearsal', $1, now())`,
    [rows[0]!.clock ?? new Date()],
  );
}
