/**
 * How much a worker does at once. Each task queue has slots of its own, so that what waits in one keeps nothing waiting in another.
 */
import { availableParallelism } from 'node:os';
import type { Source, SourceFacts } from '../domain/dataset/facts.ts';

/** Sessions of the database that a worker opens at most. */
export const CONNECTIONS = 20;

/**
 * Steps that only need the database take one session each. More of them at once would wait for a session, in no order; here they wait for
 * a slot, the urgent ones first. The sessions beyond are for the short statements around requests.
 */
export const MAIN_SLOTS = 12;

/** Files, rebuilds and erasure keep a processor busy: one for each, and one that waits for the disk. */
export const BULK_SLOTS = Math.min(availableParallelism() + 1, CONNECTIONS - MAIN_SLOTS - 4);

/** Messages that receivers take their time to accept: a slot costs nothing but a connection to the receiver. */
export const RECEIVER_SLOTS = 20;

/** Slots for a source that is not requested over HTTP: computed days. */
const OTHER_SOURCE_SLOTS = 4;

/**
 * Twice what the quota allows in a window: a request is given up after a window or two, so even a source that never answers leaves slots
 * for requests whose turn comes. Nothing waits in one for its turn (`request-within-quota.ts`).
 */
export function sourceSlots(source: SourceFacts | Source): number {
  return 'quota' in source ? Math.min(2 * source.quota.requests, MOST_SOURCE_SLOTS) : OTHER_SOURCE_SLOTS;
}

/** Each may hold a response of some megabytes. */
const MOST_SOURCE_SLOTS = 200;
