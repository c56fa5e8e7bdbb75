import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/generated/client.js';
import type { scopedTo } from './scope.js';

/** The whole database; only sign-in, health and the wrappers that know the owner use it unscoped. */
export type Database = PrismaClient;

/** The rows of one organisation that runs schemes, and a transaction on them. */
export type OwnerDatabase = ReturnType<typeof scopedTo>;
export type Transaction = Parameters<Parameters<OwnerDatabase['$transaction']>[0]>[0];

/** Longest that one SQL statement may take, in milliseconds, before it is given up and tried again. */
export const statementTimeout = 3000;

/**
 * Opens the database.
 * @param url PostgreSQL connection string
 * @param connections most connections of this process
 */
export function openDatabase(url: string, connections = 10): Database {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: connections, statement_timeout: statementTimeout }),
    // Error messages never print what a query was given.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 5000, timeout: 8000 },
  });
}
