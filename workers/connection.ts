/** A worker's connection to Temporal: another class than the clients', but with the same settings and error messages. */
import { NativeConnection } from '@temporalio/worker';
import { type TemporalTarget, whyUnreachable } from '../temporal/tls.ts';

/** How long an old key may still be sent after its renewal. */
const RENEW_MS = 30_000;

/**
 * @param renewMs how often a key file is checked for a new key
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

/** Unlike a client's connection, this one does not call `apiKey` itself: a new key must be set on it. */
function renewKey(connection: NativeConnection, apiKey: () => string, renewMs: number): void {
  let known = apiKey();
  const timer = setInterval(() => {
    const key = apiKey();
    if (key === known) return;
    known = key;
    // Fails once the connection is closed.
    connection.setApiKey(key).catch(() => clearInterval(timer));
  }, renewMs).unref();
}
