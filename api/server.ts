import type { AddressInfo } from 'node:net';
import { openDatabase } from '../records/database.js';
import { readClock } from '../records/instance.js';
import { connectTemporal } from '../temporal/connection.js';
import { redeliverUnanswered } from '../temporal/redeliver.js';
import { createApp } from './app.js';
import { configOrExit, type Config } from '../config/config.js';
import { startHeartbeat } from './heartbeat.js';
import { createLog } from './log.js';

/** How long requests under way may take to end, in milliseconds. */
const patience = 16_000;

await serve(configOrExit());

async function serve(config: Config): Promise<void> {
  const log = createLog(config.LOG_LEVEL);
  const database = openDatabase(config.DATABASE_URL);
  const { mode } = await readClock(database);
  if (mode !== config.QINGLAN_MODE)
    throw new Error(`The database is a ${mode} instance, QINGLAN_MODE says ${config.QINGLAN_MODE}.`);
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
  });
  // What a caller was not answered before this process started is brought to its case now.
  void redeliverUnanswered({ database, client: temporal }).catch((err: unknown) =>
    log.error({ err }, 'redelivery failed'),
  );
  const server = createApp({ config, database, temporal, log }).listen(
    config.PORT,
    config.HOST,
    (error?: Error) => {
      if (error) throw error;
      console.log(JSON.stringify({ ready: true, port: (server.address() as AddressInfo).port }));
    },
  );

  const heart = startHeartbeat({ database, temporal, log });

  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping');
    heart.stop();
    setTimeout(() => server.closeAllConnections(), patience).unref();
    server.close(
      () =>
        void Promise.allSettled([database.$disconnect(), temporal.connection.close()]).then(() =>
          process.exit(0),
        ),
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.once('disconnect', () => stop('the parent process is gone'));
}
