/**
 * Activity `collectEvents`: one shift of collecting events for notifications. Changes of days become events within seconds; conditions that
 * can only be observed are checked once per shift. Returns early when a notification is due.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Database, transaction } from '../../db/connection/client.ts';
import { endProgress } from '../../db/queries/days/end-progress.ts';
import { dropOldEvents } from '../../db/queries/notify/events.ts';
import { dropOldMessages, dueLanes, type Lane } from '../../db/queries/notify/messages.ts';
import { isOfPoints } from '../../domain/dataset/dataset.ts';
import type { CollectedEvents } from '../../domain/workflow/messages.ts';
import { checkAll } from '../../notify/checks.ts';
import { collectMoves, collectObservations } from '../../notify/collect.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { pollIntervals } from './poll-intervals.ts';

/** A shift ends before the next tick of the schedule. */
const SHIFT_MS = 50_000;
const CHECK_EVERY_MS = 2_000;
const MOST_LANES = 200;
const KEEP_DAYS = 90;

export interface ShiftInput {
  /** Lanes that were just started: they are about to take what is due. */
  readonly started: readonly Lane[];
  /** How long the shift has been going on. */
  readonly sinceMs: number;
}

export function createCollectEvents(
  dependencies: Dependencies,
): (input: ShiftInput) => Promise<CollectedEvents> {
  const { database, catalog, clock, outside, isStopping = () => false, shiftMs = SHIFT_MS } = dependencies;
  const points = new Set(catalog.all.filter(isOfPoints).map(({ id }) => id));
  return temporalActivity(async ({ started, sinceMs }) => {
    const beganMs = performance.now();
    if (sinceMs === 0) {
      await transaction(database, (sql) => endProgress(sql, clock.now()));
      await collectObservations(database, await checkAll(database, pollIntervals(catalog), outside));
      await dropOld(database);
    }
    const known = new Set(started.map(nameOf));
    let moves = 0;
    for (;;) {
      const taken = await collectMoves(database, (dataset) => points.has(dataset));
      moves += taken.moves;
      if (taken.full) continue;
      // A lane whose workflow was terminated is started again by the first shift of a tick.
      const due = await dueLanes(database, MOST_LANES + known.size, sinceMs > 0);
      const lanes = due.filter((lane) => !known.has(nameOf(lane)));
      const isOver = performance.now() - beganMs + sinceMs >= shiftMs || isStopping();
      if (lanes.length > 0 || isOver) return { moves, lanes, summary: summaryOf(moves, lanes) };
      await delay(CHECK_EVERY_MS);
    }
  });
}

async function dropOld(database: Database): Promise<void> {
  await dropOldMessages(database, KEEP_DAYS);
  await dropOldEvents(database, KEEP_DAYS);
}

function nameOf({ subscription, lane }: Lane): string {
  return `${subscription} ${lane}`;
}

function summaryOf(moves: number, lanes: readonly Lane[]): string {
  return `${moves} moves of days were looked at; ${lanes.length} lanes have something to send`;
}
