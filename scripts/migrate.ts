import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { projectRoot } from '../stack/project-root.js';

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) throw new Error('DATABASE_URL is missing');
  await migrate(DATABASE_URL);
}
