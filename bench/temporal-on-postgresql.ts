import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgresServer, type PostgresServer } from '../stack/postgres-server.js';
import { Processes, type KeptProcess } from '../stack/processes.js';
import { projectRoot } from '../stack/project-root.js';
import { temporalAnswers } from '../stack/temporal-server.js';

const run = promisify(execFile);
/** The server of the `temporal` that the tests use, and of docker-compose.yml. */
const version = 'v1.32.0';
const folder = join(
  process.env.QINGLAN_CACHE || join(homedir(), '.cache/qinglan'),
  `temporal-server-${version}`,
);

const servicePorts = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER']
  .flatMap((service) => [`${service}_GRPC_PORT`, `${service}_MEMBERSHIP_PORT`])
  .concat('FRONTEND_HTTP_PORT');

/** A Temporal server as in production: its data are in PostgreSQL. */
export interface TemporalOnPostgresql {
  readonly address: string;
  readonly metricsUrl: string;
  readonly server: KeptProcess;
  readonly postgres: PostgresServer;
  stop(): Promise<void>;
}

/**
 * Builds Temporal's server from its source where Go is installed, unless an earlier run has, sets up its databases as
 * docker-compose.yml does, and starts it. It listens on 127.0.0.1 only.
 * @param directory folder for its data, made when it is not there
 * @throws Error when there is no Go, or the source cannot be had
 */
export async function startTemporalOnPostgresql(directory: string): Promise<TemporalOnPostgresql> {
  const schema = await build();
  const processes = await Processes.in(directory);
  const postgres = await startPostgresServer({ processes, durable: true, countStatements: false });
  const { hostname, port, username, password } = new URL(postgres.url);
  await makeDatabases(postgres.url);
  await run(join(projectRoot, 'deploy/temporal-schema.sh'), {
    env: {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      SQL_HOST: hostname,
      SQL_PORT: port,
      SQL_USER: username,
      SQL_PASSWORD: password,
      SCHEMA: schema,
    },
  });
  const ports: Record<string, string> = {};
  for (const name of [...servicePorts, 'METRICS']) ports[name] = `${await processes.port(name)}`;
  const address = `127.0.0.1:${ports.FRONTEND_GRPC_PORT}`;
  const server = processes.keep({
    name: 'temporal-server',
    command: join(folder, 'temporal-server'),
    args: ['start'],
    env: {
      PATH: process.env.PATH,
      DB: 'postgres12',
      DB_PORT: port,
      POSTGRES_SEEDS: hostname,
      POSTGRES_USER: username,
      POSTGRES_PWD: password,
      NUM_HISTORY_SHARDS: '512',
      DYNAMIC_CONFIG_FILE_PATH: join(projectRoot, 'deploy/temporal-dynamic-config.yaml'),
      BIND_ON_IP: '127.0.0.1',
      TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
      ...ports,
      PROMETHEUS_ENDPOINT: `127.0.0.1:${ports.METRICS}`,
      LOG_LEVEL: 'error',
    },
    stopSignal: 'SIGTERM',
    isReady: () => temporalAnswers(address),
  });
  await server.start();
  return {
    address,
    metricsUrl: `http://127.0.0.1:${ports.METRICS}/metrics`,
    server,
    postgres,
    async stop() {
      await server.stop();
      await postgres.stop();
      await processes.release();
    },
  };
}

/** Returns the folder with the schemas. */
async function build(): Promise<string> {
  const { stdout } = await run('go', ['env', 'GOMODCACHE']);
  const source = join(stdout.trim(), `go.temporal.io/server@${version}`);
  mkdirSync(folder, { recursive: true });
  for (const [path, made, name] of [
    ['cmd/server', 'server', 'temporal-server'],
    ['cmd/tools/sql', 'sql', 'temporal-sql-tool'],
  ] as const) {
    if (existsSync(join(folder, name)) && existsSync(source)) continue;
    console.log(`Building ${name} ${version}, which takes some minutes …`);
    await run('go', ['install', `go.temporal.io/server/${path}@${version}`], {
      env: { ...process.env, GOBIN: folder },
      maxBuffer: 2 ** 24,
    });
    renameSync(join(folder, made), join(folder, name));
  }
  return join(source, 'schema');
}

async function makeDatabases(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
  await client.connect();
  try {
    for (const name of ['temporal', 'temporal_visibility']) await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
}
