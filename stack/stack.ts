import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openDatabase } from '../records/database.js';
import { prepareInstance } from '../records/instance.js';
import { migrate } from '../scripts/migrate.js';
import { type PostgresServer, startPostgresServer } from './postgres-server.js';
import { type KeptProcess, Processes } from './processes.js';
import { compiled } from './project-root.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';

/** The servers that worker and API need, on this machine. */
export interface Servers {
  /** Absolute path of the folder with data, logs, ports and secrets. */
  readonly directory: string;
  readonly processes: Processes;
  readonly postgres: PostgresServer;
  readonly temporal: TemporalServer;
  /** Stops both and lets go of the directory. */
  stop(): Promise<void>;
}

/** A whole instance on this machine. Each part can be killed, stopped and started again by itself. */
export interface Stack extends Servers {
  readonly worker: KeptProcess;
  readonly api: KeptProcess & { readonly url: string };
}

/** Where and how the servers run. */
export interface ServerOptions {
  /** Folder of the stack, made when it is not there; a stack that ran in it before is continued. */
  readonly directory: string;
  readonly namespace: string;
  /** Whether Temporal serves its web page. */
  readonly ui: boolean;
  /** False where the data may be lost with the machine. */
  readonly durable: boolean;
  /** Whether PostgreSQL counts its statements; false if left out. */
  readonly countStatements?: boolean;
}

/** How the instance runs. */
export interface StackOptions extends Omit<ServerOptions, 'namespace'> {
  /** First business date (`YYYY-MM-DD`) of a rehearsal; null for a real instance. A kept database keeps its clock. */
  readonly rehearsal: { readonly startsOn: string } | null;
  /** More environment variables for worker and API, e.g. `{ LOG_LEVEL: 'warn', PORT: '8080' }`. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts PostgreSQL with a migrated database and Temporal with the search attributes.
 * Throws an Error when another stack runs in the directory or a server can't be had; nothing is left running then.
 */
export async function startServers(options: ServerOptions): Promise<Servers> {
  const directory = resolve(options.directory);
  const processes = await Processes.in(directory);
  try {
    const [postgres, temporal] = await settled([
      startPostgresServer({
        processes,
        durable: options.durable,
        countStatements: options.countStatements ?? false,
      }).then(async (server) => {
        await migrate(server.url);
        return server;
      }),
      startTemporalServer({ ...options, processes }),
    ]);
    const stop = async () => {
      await temporal.stop();
      await postgres.stop();
      await processes.release();
    };
    return { directory, processes, postgres, temporal, stop };
  } catch (error) {
    await processes.release();
    throw error;
  }
}

/**
 * Starts an instance: the servers, then the worker and the API as processes of their own, from their compiled files.
 * Throws an Error when a part does not start, or when the kept database is of the other mode; nothing is left running.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const mode = options.rehearsal ? 'rehearsal' : 'real';
  const servers = await startServers({ ...options, namespace: `qinglan-${mode}` });
  const { processes, postgres, temporal } = servers;
  try {
    await markInstance(postgres.url, options.rehearsal);
    const port = options.env?.PORT ? Number(options.env.PORT) : await processes.port('api');
    const url = `http://127.0.0.1:${port}`;
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      TEMPORAL_UI_URL: temporal.uiUrl ?? '',
      QINGLAN_SECRET: processes.secret('instance'),
      QINGLAN_MODE: mode,
      ...options.env,
      PORT: `${port}`,
    };
    // `npm run doctor` and `npm run reconcile` find the instance by it.
    writeFileSync(
      join(servers.directory, 'environment'),
      `DATABASE_URL=${postgres.url}\nTEMPORAL_ADDRESS=${temporal.address}\nTEMPORAL_NAMESPACE=${temporal.namespace}\n`,
      { mode: 0o600 },
    );
    const worker = keepOwn(processes, 'worker', 'worker/main.js', env, (output) => /^ready$/m.test(output));
    const api = keepOwn(processes, 'api', 'api/server.js', env, () => isReady(url));
    await settled([worker.start(), api.start()]);
    const stop = async () => {
      await Promise.all([worker.stop(), api.stop()]);
      await servers.stop();
    };
    return { ...servers, worker, api: Object.assign(api, { url }), stop };
  } catch (error) {
    await processes.release();
    throw error;
  }
}

/** Like Promise.all, but waits for all before it fails, so that nothing is started behind a clean-up. */
async function settled<T extends readonly unknown[]>(promises: {
  [index in keyof T]: Promise<T[index]>;
}): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}

async function markInstance(databaseUrl: string, rehearsal: StackOptions['rehearsal']): Promise<void> {
  const database = openDatabase(databaseUrl, 1);
  try {
    if (!rehearsal) await prepareInstance(database, 'real', new Date());
    else await prepareInstance(database, 'rehearsal', new Date(`${rehearsal.startsOn}T00:00:00+08:00`));
  } finally {
    await database.$disconnect();
  }
}

function keepOwn(
  processes: Processes,
  name: string,
  file: string,
  env: NodeJS.ProcessEnv,
  isReadyNow: (output: string) => boolean | Promise<boolean>,
): KeptProcess {
  return processes.keep({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', compiled(file)],
    env,
    stopSignal: 'SIGTERM',
    isReady: isReadyNow,
  });
}

async function isReady(apiUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${apiUrl}/health/ready`)).ok;
  } catch {
    return false;
  }
}
