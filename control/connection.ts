/** The connection of clients to Temporal. */
import { Client, Connection } from '@temporalio/client';
import type { ClientConnectConfig } from '@temporalio/envconfig';

export interface Temporal {
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/** @throws Error that names the address and the cure when the server does not answer. */
export async function connectTemporal(
  config: ClientConnectConfig & { readonly namespace: string; readonly address: string },
): Promise<Temporal> {
  try {
    const connection = await Connection.connect({
      ...config.connectionOptions,
      address: config.address,
      connectTimeout: '5s',
    });
    const client = new Client({ connection, namespace: config.namespace });
    return { client, namespace: config.namespace, close: () => connection.close() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `no Temporal server answers at ${config.address} (${reason}). Start one with "npm start", or set TEMPORAL_ADDRESS`,
      { cause: error },
    );
  }
}
