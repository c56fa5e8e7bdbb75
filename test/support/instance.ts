import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.js';
import { createApp } from '../../api/app.js';
import { readConfig } from '../../config/config.js';
import { createLog } from '../../api/log.js';
import { openDatabase, type Database } from '../../records/database.js';
import { prepareInstance } from '../../records/instance.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { prepareNamespace } from '../../temporal/namespace.js';
import { toldCasesWaker } from '../../temporal/wake-case.js';
import { taskQueue } from '../../workflows/ids.js';
import { createDatabase, testServers } from './servers.js';

/** A whole instance within the test's own process, on the servers of the test run. */
export interface TestInstance {
  readonly database: Database;
  readonly client: Client;
  readonly url: string;
  readonly databaseUrl: string;
  readonly administrator: { readonly username: string; readonly password: string };
  stop(): Promise<void>;
}

/** The secret of every instance of a test run. */
export const instanceSecret = 'dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtMDEyMzQ1Njc4OQ==';

/**
 * Starts worker and API in this process, on a database and a Temporal namespace of their own.
 * @param name lower-case letters; two instances of a run must differ in it
 * @param startsAt where the rehearsal's clock stands; null for a real instance
 * @param options.sendsMail whether notifications are mailed; the worker of that queue is not started
 */
export async function startInstance(
  name: string,
  startsAt: string | null,
  { sendsMail = false } = {},
): Promise<TestInstance> {
  const { temporal, workflowBundle } = testServers();
  const namespace = `qinglan-${name}`;
  process.env['QINGLAN_SECRET'] = instanceSecret;
  const databaseUrl = await createDatabase(name);
  await prepareNamespace(temporal.address, namespace, 90);
  const database = openDatabase(databaseUrl, 20);
  const mode = startsAt === null ? 'real' : 'rehearsal';
  await prepareInstance(database, mode, new Date(startsAt ?? Date.now()));
  const administrator = await createDistrict({ database, name: '青蓝区', code: 'QL' });
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Another file of this process has installed it.
  }
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace });
  const native = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowBundle: { codePath: workflowBundle },
    activities: createActivities({ database, wakeToldCases: toldCasesWaker(client, database), sendsMail }),
    maxCachedWorkflows: 2000,
    shutdownForceTime: '10 seconds',
  });
  const running = worker.run();
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
    QINGLAN_SECRET: instanceSecret,
    QINGLAN_MODE: mode,
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_ACCOUNT: '1000000',
    RATE_LIMIT_SIGN_IN: '1000000',
  });
  const app = createApp({ config, database, temporal: client, log: createLog('silent') });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    database,
    client,
    databaseUrl,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    administrator,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      worker.shutdown();
      await running;
      await native.close();
      await connection.close();
      await database.$disconnect();
    },
  };
}
