import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../api/app.js';
import { createLog } from '../../api/log.js';
import { readConfig } from '../../config/config.js';
import { openDatabase, type Database } from '../../records/database.js';
import { prepareInstance } from '../../records/instance.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { connectTemporal } from '../../temporal/connection.js';
import { createDatabase } from './servers.js';

/** An API on a database of its own. */
export interface TestApi {
  readonly database: Database;
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the API alone, for routes that ask no workflow.
 * @param name lower-case letters; two databases of a run must differ in it
 * @param startsAt where the rehearsal's clock stands
 * @param open opens the database, such as with a log of its statements
 */
export async function startApi(
  name: string,
  startsAt: string,
  open: (url: string) => Database = openDatabase,
): Promise<TestApi> {
  const config = readConfig({
    DATABASE_URL: await createDatabase(name),
    // Nobody listens there.
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    QINGLAN_SECRET: Buffer.alloc(32, 7).toString('base64'),
    QINGLAN_MODE: 'rehearsal',
    RATE_LIMIT_ADDRESS: '100000',
    RATE_LIMIT_ACCOUNT: '100000',
  });
  const database = open(config.DATABASE_URL);
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
  });
  await prepareInstance(database, 'rehearsal', new Date(startsAt));
  await createDistrict({ database, name: '青蓝区', code: 'QL' });
  const server = createApp({ config, database, temporal, log: createLog('silent') }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    database,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await database.$disconnect();
      await temporal.connection.close();
    },
  };
}
