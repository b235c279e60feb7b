/** Tells receivers what needs a person: once when it opens, and once when it is over. */
import { type Database, transaction } from '../db/connection/client.ts';
import { restrictedDatasets } from '../db/queries/notify/incidents.ts';
import { addressOf, listReceivers, noteChecked } from '../db/queries/notify/receivers.ts';
import {
  claimMessage,
  type DueMessage,
  dropOldTold,
  dueMessages,
  insertTold,
  lockPlanning,
  noteNotTold,
  noteTold,
  openTold,
  updateTold,
} from '../db/queries/notify/told.ts';
import { type Incident, summaryOf } from '../domain/notify/incident.ts';
import { planFor } from '../domain/notify/plan.ts';
import type { Receiver } from '../domain/notify/receiver.ts';
import { currentIncidents, type IncidentSources } from './incidents.ts';
import { NotSent, type Sender } from './sender.ts';

/** In one round: the next continues. */
const MOST_MESSAGES = 200;
const KEEP_DAYS = 90;

/** Compares what is wrong with what was told, and stores what is to be told. @returns the messages that are due. */
export async function planMessages(database: Database, sources: IncidentSources): Promise<DueMessage[]> {
  return await transaction(database, async (sql) => {
    await lockPlanning(sql);
    const { incidents, unknown } = await currentIncidents(sql, sources);
    const [told, restricted] = [await openTold(sql), await restrictedDatasets(sql)];
    for (const receiver of await listReceivers(sql)) {
      const its = incidents.filter((incident) => isFor(receiver, incident, restricted));
      const plan = planFor(
        its,
        unknown,
        told.filter((each) => each.receiver === receiver.id),
      );
      await updateTold(sql, plan);
      for (const incident of plan.opened) await insertTold(sql, receiver.id, incident, summaryOf(incident));
    }
    await noteChecked(sql);
    await dropOldTold(sql, KEEP_DAYS);
    return await dueMessages(sql, MOST_MESSAGES);
  });
}

/** @param restricted datasets of which only receivers are told that name them. */
function isFor(
  { id, datasets }: Receiver,
  { cause, dataset, subject }: Incident,
  restricted: ReadonlySet<string>,
) {
  // A receiver that is down cannot be told that it is.
  if (cause === 'undelivered' && subject === id) return false;
  return dataset === null || (datasets ? datasets.includes(dataset) : !restricted.has(dataset));
}

/** `later`: it was not taken, and is tried again. `nothing`: it was told, or another attempt has begun. */
export type SendOutcome = 'sent' | 'later' | 'nothing';

/** One attempt at one message. A kill between sending and recording repeats it under the same id. */
export async function sendMessage(database: Database, sender: Sender, id: string): Promise<SendOutcome> {
  const claim = await claimMessage(database, id);
  if (!claim) return 'nothing';
  // The last statement before it is sent: an attempt that stood still sends nothing after a later one.
  const to = await addressOf(database, id, claim);
  if (!to) return 'nothing';
  try {
    await sender.send(to.channel, claim.message, to);
  } catch (error) {
    if (!(error instanceof NotSent)) throw error;
    await noteNotTold(database, id, claim, error.message);
    return 'later';
  }
  return (await noteTold(database, id, claim)) ? 'sent' : 'nothing';
}

/** Messages by receiver, so that one that does not answer keeps no other waiting. */
export function byReceiver(due: readonly DueMessage[]): string[][] {
  const lists = new Map<string, string[]>();
  for (const { receiver, id } of due) lists.set(receiver, [...(lists.get(receiver) ?? []), id]);
  return [...lists.values()];
}
