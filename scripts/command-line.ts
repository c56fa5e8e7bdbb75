import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { openDatabase, type Database } from '../records/database.js';
import { projectRoot } from '../stack/project-root.js';
import { connectTemporal } from '../temporal/connection.js';

/** The database and Temporal's client of an instance. */
export interface Instance {
  readonly database: Database;
  readonly client: Client;
}

/**
 * Does something on the instance that DATABASE_URL, TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE name, else on the one that
 * `npm start` runs, and lets go of it. Ends the process with the code 2 when there is neither.
 * @param action what is done; its result is the exit code
 */
export async function onInstance(action: (instance: Instance) => Promise<number>): Promise<void> {
  const ofStart = join(projectRoot, '.qinglan/environment');
  if (!process.env.DATABASE_URL && existsSync(ofStart)) process.loadEnvFile(ofStart);
  const { DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE = 'qinglan' } = process.env;
  if (!DATABASE_URL || !TEMPORAL_ADDRESS) {
    console.error('Set DATABASE_URL and TEMPORAL_ADDRESS, and TEMPORAL_NAMESPACE unless it is qinglan.');
    process.exit(2);
  }
  const database = openDatabase(DATABASE_URL);
  const client = connectTemporal({ address: TEMPORAL_ADDRESS, namespace: TEMPORAL_NAMESPACE });
  try {
    process.exitCode = await action({ database, client });
  } finally {
    await Promise.allSettled([database.$disconnect(), client.connection.close()]);
  }
}
