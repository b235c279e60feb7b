/**
 * Makes events of what moved and of what is observed, and messages of events, in one transaction: what was taken from the moves is
 * an event and a message, or nothing of it has happened. One at a time, so that cursors become visible in their order.
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

/** So many moves become events at once: the lock of events is held meanwhile. */
const MOVES_AT_ONCE = 1_000;
const DIGESTS_AHEAD = 3;

/**
 * Tells what days did since it was last called.
 * @param isOfPoints whether a dataset has values, whose revisions have a size.
 * @returns how many moves were taken; fewer than a full batch: none are left.
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

/** Tells what is wrong with the system now, and what is over. @returns how many events that made. */
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

/** Tells one event that stands alone, such as a test. */
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

/** Stores events with the incidents that they are of, and a message for each who wants to be told. */
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

/** The digest that is being filled, or the one after it where that is on its way. */
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
