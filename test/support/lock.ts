import pg from 'pg';
import type { TestInstance } from './instance.js';
import { eventually } from './prepared.js';

/**
 * Sends requests that all have to wait for a lock, and lets them go on at the same instant.
 * @param statement SQL that takes the lock, with its parameters
 */
export async function whileLocked(
  { databaseUrl }: Pick<TestInstance, 'databaseUrl'>,
  [statement, ...parameters]: readonly [string, ...string[]],
  requests: readonly (() => Promise<unknown>)[],
): Promise<PromiseSettledResult<unknown>[]> {
  const other = new pg.Client(databaseUrl);
  await other.connect();
  const waiting = async () => {
    // Within a transaction the list of connections is otherwise that of the first look.
    await other.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await other.query<{ count: number }>(
      `SELECT count(*)::int FROM pg_stat_activity
       WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`,
    );
    return rows[0]!.count;
  };
  try {
    await other.query('BEGIN');
    await other.query(statement, parameters);
    const answers = Promise.allSettled(requests.map((send) => send()));
    const found = await eventually(waiting, (count) => count === requests.length);
    await other.query('COMMIT');
    expect(found).toBe(requests.length);
    return await answers;
  } finally {
    await other.end();
  }
}
