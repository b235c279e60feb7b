/** The connection of a worker to Temporal: not that of clients, but by the same settings and with the same words. */
import { NativeConnection } from '@temporalio/worker';
import { type TemporalTarget, whyUnreachable } from '../temporal/tls.ts';

/** How long after it was renewed a key may still be sent. */
const RENEW_MS = 30_000;

/**
 * @param renewMs how often a key that is in a file is looked at
 * @throws Error that names the address, the setting and the hint when the server does not answer.
 */
export async function connectWorker(target: TemporalTarget, renewMs = RENEW_MS): Promise<NativeConnection> {
  try {
    const connection = await NativeConnection.connect({
      ...target.connectionOptions,
      address: target.address,
    });
    if (target.apiKey) renewKey(connection, target.apiKey, renewMs);
    return connection;
  } catch (error) {
    throw new Error(await whyUnreachable(target, error), { cause: error });
  }
}

/** Unlike a client's, this connection takes a key by being told. */
function renewKey(connection: NativeConnection, apiKey: () => string, renewMs: number): void {
  let known = apiKey();
  const timer = setInterval(() => {
    const key = apiKey();
    if (key === known) return;
    known = key;
    // It fails on a connection that was closed.
    connection.setApiKey(key).catch(() => clearInterval(timer));
  }, renewMs).unref();
}
