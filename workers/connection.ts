/** The connection of a worker to Temporal: not that of clients, but by the same settings and with the same words. */
import { NativeConnection } from '@temporalio/worker';
import { type TemporalTarget, whyUnreachable } from '../temporal/tls.ts';

/** @throws Error that names the address, the setting and the cure when the server does not answer. */
export async function connectWorker(target: TemporalTarget): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ ...target.connectionOptions, address: target.address });
  } catch (error) {
    throw new Error(await whyUnreachable(target, error), { cause: error });
  }
}
