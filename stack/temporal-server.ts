import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { type KeptProcess, type Processes, runByOthers } from './processes.js';
import { findTemporalExecutable } from './temporal-executable.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const grpcNotFound = 5;
const grpcAlreadyExists = 6;

/** Name to type, e.g. `{ DueAt: 'Datetime' }`. */
export type SearchAttributeTypes = Readonly<Record<string, 'Keyword' | 'Datetime'>>;

/** A Temporal server of this stack, or of others. */
export interface TemporalServer extends KeptProcess {
  /** `host:port` for clients and workers. */
  readonly address: string;
  /** The web page to look at workflows; null without one. */
  readonly uiUrl: string | null;
  readonly namespace: string;
}

/**
 * Starts a Temporal server with its data in `temporal.sqlite` of the stack's directory, or takes the one of the
 * environment's TEMPORAL_ADDRESS (its web page: TEMPORAL_UI_URL); then makes sure that the namespace and the search
 * attributes are there. It listens on 127.0.0.1 only.
 * @param options.ui whether to serve Temporal's web page
 * Throws an Error when no server can be had.
 */
export async function startTemporalServer(options: {
  processes: Processes;
  namespace: string;
  searchAttributes: SearchAttributeTypes;
  ui: boolean;
}): Promise<TemporalServer> {
  const { processes, namespace, searchAttributes, ui } = options;
  const server = process.env.TEMPORAL_ADDRESS
    ? serverOfOthers(process.env.TEMPORAL_ADDRESS)
    : await startOwnServer(processes, ui);
  await prepareNamespace(server.address, namespace, searchAttributes);
  return Object.assign(server, { namespace });
}

type Server = KeptProcess & { address: string; uiUrl: string | null };

function serverOfOthers(address: string): Server {
  return { ...runByOthers('temporal'), address, uiUrl: process.env.TEMPORAL_UI_URL ?? null };
}

async function startOwnServer(processes: Processes, ui: boolean): Promise<Server> {
  const command = await findTemporalExecutable();
  const port = await processes.port('temporal');
  const uiPort = ui ? await processes.port('temporal-ui') : undefined;
  const address = `127.0.0.1:${port}`;
  const data = ['--db-filename', join(processes.directory, 'temporal.sqlite')];
  const network = [
    '--ip',
    '127.0.0.1',
    '--port',
    `${port}`,
    ...(uiPort ? ['--ui-port', `${uiPort}`] : ['--headless']),
  ];
  // New search attributes can be used at once instead of within a minute.
  const behaviour = ['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=true'];
  const server = processes.keep({
    name: 'temporal',
    command,
    args: ['server', 'start-dev', ...data, ...network, ...behaviour, '--log-level', 'error'],
    env: process.env,
    stopSignal: 'SIGTERM',
    // Its inner services take ports by chance.
    attempts: 3,
    isReady: () => answers(address),
  });
  await server.start();
  return Object.assign(server, { address, uiUrl: uiPort ? `http://127.0.0.1:${uiPort}` : null });
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 250 });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

/**
 * Registers what is missing of a namespace and its search attributes. Safe to run again, and by several at once.
 * @param address `host:port` of the Temporal server
 */
export async function prepareNamespace(
  address: string,
  namespace: string,
  searchAttributes: SearchAttributeTypes,
): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await registerNamespace(connection, namespace);
    const known = await untilFound(() => connection.operatorService.listSearchAttributes({ namespace }));
    const missing = Object.entries(searchAttributes).filter(([name]) => !(name in known.customAttributes));
    if (missing.length === 0) return;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedTypes[type]])),
    });
  } finally {
    await connection.close();
  }
}

const indexedTypes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Datetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};

async function registerNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('90 days'),
    });
  } catch (error) {
    if (!isGrpcServiceError(error) || (error.code as number) !== grpcAlreadyExists) throw error;
  }
}

/** A namespace just registered is not known everywhere at once. */
async function untilFound<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isGrpcServiceError(error) || (error.code as number) !== grpcNotFound) throw error;
      await sleep(100);
    }
  }
}
