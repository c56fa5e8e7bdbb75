import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { configOrExit, type Config } from '../config/config.js';
import { openDatabase } from '../records/database.js';
import { prepareInstance } from '../records/instance.js';
import { projectRoot } from '../stack/project-root.js';
import { prepareNamespace } from '../temporal/namespace.js';

/**
 * Brings a database to the newest migration of prisma/migrations; makes the database when it is not there. Safe to run
 * again, and by several at once: Prisma takes a lock in the database.
 * @param databaseUrl PostgreSQL connection string
 * Throws an Error with Prisma's own words when a migration fails.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const prisma = join(projectRoot, 'node_modules/prisma/build/index.js');
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  try {
    await promisify(execFile)(process.execPath, [prisma, 'migrate', 'deploy'], { cwd: projectRoot, env });
  } catch (error) {
    const { stdout, stderr } = error as Error & { stdout: string; stderr: string };
    throw new Error(`The database could not be migrated.\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * Makes an instance ready for this version of the code: its database, its mode, its Temporal namespace. Safe to run
 * again, and by several at once.
 * @throws Error when the database is an instance of the other mode
 */
async function prepare(config: Config): Promise<void> {
  await migrate(config.DATABASE_URL);
  const database = openDatabase(config.DATABASE_URL, 1);
  try {
    await prepareInstance(database, config.QINGLAN_MODE, new Date());
  } finally {
    await database.$disconnect();
  }
  await prepareNamespace(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE, config.TEMPORAL_RETENTION_DAYS);
}

if (import.meta.filename === process.argv[1]) {
  await prepare(configOrExit());
  console.log('The database and the Temporal namespace are ready.');
}
