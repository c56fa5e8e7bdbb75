import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { searchAttributes } from '../workflows/search-attributes.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const grpcNotFound = 5;
const grpcAlreadyExists = 6;

/**
 * Registers what is missing of a namespace and the search attributes of the workflows. Safe to run again, and by several
 * at once; a namespace that is there keeps its retention.
 * @param address `host:port` of the Temporal server
 * @param retentionDays for how many days the history of an ended workflow is kept; what was decided is in the database
 */
export async function prepareNamespace(
  address: string,
  namespace: string,
  retentionDays: number,
): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await registerNamespace(connection, namespace, retentionDays);
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

async function registerNamespace(
  connection: Connection,
  namespace: string,
  retentionDays: number,
): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(`${retentionDays} days`),
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
