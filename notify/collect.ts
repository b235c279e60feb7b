/**
 * Turns moves and observations into events, and events into messages, in one transaction: a move is either consumed with its
 * events and messages stored, or not at all. Serialized, so that cursors become visible in order.
 */
import { type Database, type Sql, transaction } from '../db/connection/client.ts';
import { insertEvent, lockEvents } from '../db/queries/notify/events.ts';
import { keepIncident, openIncidents } from '../db/queries/notify/incidents.ts';
import { addMessage, addToDigest } from '../db/queries/notify/messages.ts';
import { type TakenMove, takeMoves } from '../db/queries/notify/moves.ts';
import { restrictedDatasets } from '../db/queries/notify/observations.ts';
import { largestRelative } from '../db/queries/notify/revision-size.ts';
import { listSubscriptions } from '../db/queries/notify/subscriptions.ts';
import { eventsOf, type Move } from '../domain/notify/derive.ts';
import type { NewEvent, NotifyEvent } from '../domain/notify/event.ts';
import type { Incident } from '../domain/notify/incident.ts';
import { observe } from '../domain/notify/observe.ts';
import { dueAt, type Subscription, wants } from '../domain/notify/subscription.ts';
import type { CheckResult } from './checks.ts';

/** Batch size, bounded because the lock on events is held meanwhile. */
const MOVES_AT_ONCE = 1_000;
const DIGESTS_AHEAD = 3;

/**
 * Stores the events of days since the last call.
 * @param isOfPoints whether a dataset has values, whose revisions have a size.
 * @returns the number of moves taken; fewer than a full batch: none are left.
 */
export async function collectMoves(
  database: Database,
  isOfPoints: (dataset: string) => boolean,
): Promise<{ moves: number; full: boolean }> {
  return await transaction(database, async (sql) => {
    await lockEvents(sql);
    const moves = await takeMoves(sql, MOVES_AT_ONCE);
    if (moves.length === 0) return { moves: 0, full: false };
    const incidents = await openIncidents(sql);
    const sized: Move[] = [];
    for (const move of moves) sized.push(await withSize(sql, move, isOfPoints));
    await keep(sql, eventsOf(sized, incidents), incidents);
    return { moves: moves.length, full: moves.length === MOVES_AT_ONCE };
  });
}

/** Stores events for trouble that has begun or ended. @returns the number of events. */
export async function collectObservations(
  database: Database,
  { observed, kinds }: CheckResult,
): Promise<number> {
  return await transaction(database, async (sql) => {
    await lockEvents(sql);
    const incidents = await openIncidents(sql);
    const events = observe(observed, kinds, incidents, new Date());
    await keep(sql, events, incidents);
    return events.length;
  });
}

/** Stores a single event, such as a test. */
export async function collectEvent(database: Database, event: NewEvent): Promise<void> {
  await transaction(database, async (sql) => {
    await lockEvents(sql);
    await keep(sql, [event], []);
  });
}

async function withSize(sql: Sql, move: TakenMove, isOfPoints: (dataset: string) => boolean): Promise<Move> {
  if (move.what !== 'change' || move.change.kind !== 'revised' || move.changeId === null) return move;
  if (!isOfPoints(move.dataset) || move.change.largestDifference === null) return move;
  const share = await largestRelative(sql, move.dataset, move.day, move.changeId);
  return { ...move, change: { ...move.change, largestRelative: share } };
}

/** Stores events with their incidents, and a message for each subscription that wants them. */
async function keep(sql: Sql, events: readonly NewEvent[], incidents: readonly Incident[]): Promise<void> {
  const ids = new Map<string, number>();
  for (const incident of incidents) ids.set(incident.key, await keepIncident(sql, incident));
  const [subscriptions, restricted] = await Promise.all([listSubscriptions(sql), restrictedDatasets(sql)]);
  for (const event of events) {
    const stored = await insertEvent(sql, event, ids.get(String(event.details.incident)) ?? null);
    if (!stored) continue;
    for (const subscription of subscriptions)
      if (wants(subscription, stored, restricted)) await addTo(sql, subscription, stored);
  }
}

async function addTo(sql: Sql, subscription: Subscription, event: NotifyEvent): Promise<void> {
  const { id } = subscription;
  const { dueMs, digest } = dueAt(subscription, Date.now());
  const lane = event.dataset ?? 'system';
  if (digest === null || event.kind === 'test')
    return await addMessage(sql, { subscription: id, key: event.key, lane, event: event.id, dueMs });
  await addToNextDigest(sql, subscription, event.id);
}

/** Adds to the current digest, or to the next one if the current one is already being sent. */
async function addToNextDigest(sql: Sql, subscription: Subscription, event: number): Promise<void> {
  let atMs = Date.now();
  for (let ahead = 0; ahead < DIGESTS_AHEAD; ahead += 1) {
    const { dueMs, digest } = dueAt(subscription, atMs);
    const key = `digest:${subscription.id}:${digest}`;
    if (await addToDigest(sql, { subscription: subscription.id, key, event, dueMs })) return;
    atMs = Date.parse(digest ?? '');
  }
  throw new Error(`no digest of ${subscription.id} takes event ${event}`);
}
