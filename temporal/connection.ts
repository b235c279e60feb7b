/** The connection of clients to Temporal. */
import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { type TemporalTarget, whyUnreachable } from './tls.ts';

export interface Temporal {
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * @param interceptors of a process that traces.
 * @throws Error that names the address, the setting and the cure when the server does not answer.
 */
export async function connectTemporal(
  config: TemporalTarget & { readonly namespace: string },
  interceptors: ClientInterceptors = {},
): Promise<Temporal> {
  let connection: Connection | undefined;
  try {
    connection = Connection.lazy({
      ...config.connectionOptions,
      ...(config.apiKey ? { apiKey: config.apiKey } : {}),
      address: config.address,
      connectTimeout: '5s',
    });
    await connection.ensureConnected();
    return temporalOf(connection, config.namespace, interceptors);
  } catch (error) {
    // Left open, it would go on trying.
    await connection?.close();
    throw new Error(await whyUnreachable(config, error), { cause: error });
  }
}

function temporalOf(connection: Connection, namespace: string, interceptors: ClientInterceptors): Temporal {
  const client = new Client({ connection, namespace, interceptors });
  return { client, namespace, close: () => connection.close() };
}
