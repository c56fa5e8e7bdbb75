import { Client, Connection } from '@temporalio/client';

/** Where the Temporal server is. */
export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
}

/**
 * Connects to Temporal. The connection is lazy: it is made by the first call, and made again after it broke.
 */
export function connectTemporal({ address, namespace }: TemporalAddress): Client {
  return new Client({ connection: Connection.lazy({ address }), namespace });
}
