/** The connection of clients to Temporal. */
import { Client, Connection } from '@temporalio/client';
import { type TemporalTarget, whyUnreachable } from './tls.ts';

export interface Temporal {
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/** @throws Error that names the address, the setting and the cure when the server does not answer. */
export async function connectTemporal(
  config: TemporalTarget & { readonly namespace: string },
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
    throw new Error(await whyUnreachable(config, error), { cause: error });
  }
}
