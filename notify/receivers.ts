/** Adds and tries receivers, for the command and the API. */
import { randomUUID } from 'node:crypto';
import { type Database, transaction } from '../db/connection/client.ts';
import { insertReceiver } from '../db/queries/notify/receivers.ts';
import { insertTold } from '../db/queries/notify/told.ts';
import { type NewReceiver, placeOf, type Receiver, type ReceiverFault } from '../domain/notify/receiver.ts';
import { newSecret, Sender, type SenderSettings } from './sender.ts';

export interface AddedReceiver {
  readonly receiver: Receiver;
  /** Key of the signatures, shown this once; null where none are made. */
  readonly secret: string | null;
}

/** Adds a receiver whose fields are right; it is told of what is wrong now. @returns faults where its address would be refused later. */
export async function addReceiver(
  database: Database,
  settings: SenderSettings,
  { address, ...wanted }: NewReceiver,
): Promise<AddedReceiver | { readonly faults: readonly ReceiverFault[] }> {
  const { channel } = wanted;
  const sender = new Sender(settings);
  const refusal = await sender.refusalOf(channel, address).finally(() => sender.close());
  if (refusal !== undefined) return { faults: [{ field: 'address', hint: refusal }] };
  const secret = channel === 'webhook' ? newSecret() : null;
  const id = `rcv-${randomUUID().slice(0, 8)}`;
  const receiver = await transaction(database, (sql) =>
    insertReceiver(sql, { ...wanted, id, place: placeOf(channel, address) }, { address, secret }),
  );
  return { receiver, secret };
}

/** Has a message sent to one receiver, on the way that all others take: within a minute. */
export async function tryReceiver(database: Database, { id, name }: Receiver, by: string): Promise<void> {
  const about = { cause: 'test', dataset: null, subject: id, days: [] } as const;
  const summary = `${by} tries the receiver "${name}": all is well`;
  await transaction(database, (sql) => insertTold(sql, id, about, summary));
}
