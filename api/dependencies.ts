import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../records/database.js';
import type { Config } from '../config/config.js';

/** What the API is put together from. */
export interface Dependencies {
  readonly config: Config;
  readonly database: Database;
  readonly temporal: Client;
  readonly log: Logger;
}
