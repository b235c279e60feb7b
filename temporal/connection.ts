/** The connection of clients to Temporal. */
import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { loadCodecs } from './codecs.ts';
import { type TemporalTarget, whyUnreachable } from './tls.ts';

export interface Temporal {
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * @param interceptors of a process that traces.
 * @throws Error that names the address, the setting and the hint when the server does not answer.
 */
export async function connectTemporal(
  config: TemporalTarget & { readonly namespace: string },
  interceptors: ClientInterceptors = {},
): Promise<Temporal> {
  const dataConverter = await loadCodecs(config.codecs);
  let connection: Connection | undefined;
  try {
    connection = Connection.lazy({
      ...config.connectionOptions,
      ...(config.apiKey ? { apiKey: config.apiKey } : {}),
      address: config.address,
      connectTimeout: '5s',
    });
    await connection.ensureConnected();
    const { namespace } = config;
    const client = new Client({ connection, namespace, interceptors, dataConverter });
    const opened = connection;
    return { client, namespace, close: () => opened.close() };
  } catch (error) {
    // Left open, it would go on trying.
    await connection?.close();
    throw new Error(await whyUnreachable(config, error), { cause: error });
  }
}
