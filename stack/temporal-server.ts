import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { prepareNamespace } from '../temporal/namespace.js';
import { searchAttributes } from '../workflows/search-attributes.js';
import { type KeptProcess, type Processes, runByOthers } from './processes.js';
import { findTemporalExecutable } from './temporal-executable.js';

/** How long histories of ended workflows are kept on one machine. */
const retentionDays = 90;

/** What the server that this stack runs keeps, and where. */
interface TemporalOptions {
  readonly processes: Processes;
  readonly namespace: string;
  /** Whether to serve Temporal's web page. */
  readonly ui: boolean;
  /** False where the data may be lost with the machine (tests, which also make namespaces while it runs). */
  readonly durable: boolean;
}

/** A Temporal server of this stack, or of others. */
export interface TemporalServer extends KeptProcess {
  /** `host:port` for clients and workers. */
  readonly address: string;
  /** The web page to look at workflows; null without one. */
  readonly uiUrl: string | null;
  /** Where it shows its metrics, in Prometheus' form; of a server that others run, TEMPORAL_METRICS_URL, or null. */
  readonly metricsUrl: string | null;
  readonly namespace: string;
}

/**
 * Starts a Temporal server with its data in `temporal.sqlite` of the stack's directory, or takes the one of the
 * environment's TEMPORAL_ADDRESS (its web page: TEMPORAL_UI_URL); then makes sure that the namespace and the search
 * attributes are there. It listens on 127.0.0.1 only.
 * Throws an Error when no server can be had.
 */
export async function startTemporalServer(options: TemporalOptions): Promise<TemporalServer> {
  const { namespace } = options;
  const server = process.env.TEMPORAL_ADDRESS
    ? serverOfOthers(process.env.TEMPORAL_ADDRESS)
    : await startOwnServer(options);
  await prepareNamespace(server.address, namespace, retentionDays);
  return Object.assign(server, { namespace });
}

type Server = KeptProcess & { address: string; uiUrl: string | null; metricsUrl: string | null };

function serverOfOthers(address: string): Server {
  const { TEMPORAL_UI_URL: uiUrl = null, TEMPORAL_METRICS_URL: metricsUrl = null } = process.env;
  return { ...runByOthers('temporal'), address, uiUrl, metricsUrl };
}

async function startOwnServer({ processes, namespace, ui, durable }: TemporalOptions): Promise<Server> {
  const command = await findTemporalExecutable();
  const port = await processes.port('temporal');
  const uiPort = ui ? await processes.port('temporal-ui') : undefined;
  const metricsPort = await processes.port('temporal-metrics');
  const address = `127.0.0.1:${port}`;
  const data = [
    `--db-filename=${join(processes.directory, 'temporal.sqlite')}`,
    // A write-ahead log takes far fewer writes to the disk than a rollback journal.
    '--sqlite-pragma=journal_mode=wal',
    `--sqlite-pragma=synchronous=${durable ? 'full' : 'off'}`,
    `--namespace=${namespace}`,
    ...Object.entries(searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
  ];
  const network = [
    '--ip=127.0.0.1',
    `--port=${port}`,
    `--metrics-port=${metricsPort}`,
    uiPort ? `--ui-port=${uiPort}` : '--headless',
  ];
  const settings = {
    // Attributes of a namespace that is made later can be used at once, for two more reads at each use of any.
    'system.forceSearchAttributesCacheRefreshOnRead': !durable,
    // One worker polls each queue: more partitions of it only hand tasks to each other.
    'matching.numTaskqueueReadPartitions': 1,
    'matching.numTaskqueueWritePartitions': 1,
  };
  const configured = Object.entries(settings).map(
    ([name, value]) => `--dynamic-config-value=${name}=${value}`,
  );
  const server = processes.keep({
    name: 'temporal',
    command,
    args: ['server', 'start-dev', ...data, ...network, ...configured, '--log-level=error'],
    env: process.env,
    stopSignal: 'SIGTERM',
    // Its inner services take ports by chance.
    attempts: 3,
    isReady: () => temporalAnswers(address),
  });
  await server.start();
  return Object.assign(server, {
    address,
    uiUrl: uiPort ? `http://127.0.0.1:${uiPort}` : null,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
  });
}

/** Whether a Temporal server answers at `host:port`. */
export async function temporalAnswers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 250 });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
