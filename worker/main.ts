import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import { configOrExit, type Config } from '../config/config.js';
import { openDatabase } from '../records/database.js';
import { bundleWorkflows } from '../scripts/bundle.js';
import { connectTemporal } from '../temporal/connection.js';
import { toldCasesWaker } from '../temporal/wake-case.js';
import { taskQueue } from '../workflows/ids.js';
import { mailSettings, notificationsWorker } from './notifications.js';

/** Transactions that run at once; each holds a connection to the database. */
const concurrentActivities = 16;

await run(configOrExit());

async function run(config: Config): Promise<void> {
  Runtime.install({ logger: new DefaultLogger(config.LOG_LEVEL === 'debug' ? 'DEBUG' : 'WARN') });
  const database = openDatabase(config.DATABASE_URL, concurrentActivities + 2);
  const client = connectTemporal({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const mail = mailSettings(config);
  const decisions = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue,
    workflowBundle: { codePath: await bundleWorkflows() },
    activities: createActivities({
      database,
      wakeToldCases: toldCasesWaker(client, database),
      sendsMail: mail !== null,
    }),
    maxCachedWorkflows: config.CACHED_WORKFLOWS,
    maxConcurrentLocalActivityExecutions: concurrentActivities,
    maxConcurrentWorkflowTaskExecutions: 40,
    shutdownGraceTime: '10 seconds',
    shutdownForceTime: '15 seconds',
  });
  const notifications = await notificationsWorker({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    database,
    mail,
  });
  const workers = [decisions, notifications];
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopping = true));
  process.once('disconnect', () => {
    if (!stopping) for (const worker of workers) worker.shutdown();
    stopping = true;
  });
  console.log('ready');
  try {
    await Promise.all(workers.map((worker) => worker.run()));
  } catch (error) {
    if (!stopping) throw error;
    // Such as while the database is away: activities are tried again without end, and may each run twice.
    console.error(
      `Stopped before all was done; the next worker does it again. (${(error as Error).message})`,
    );
  }
  await Promise.allSettled([database.$disconnect(), client.connection.close(), connection.close()]);
  process.exit(0);
}
