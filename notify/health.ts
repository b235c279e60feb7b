/** The last fallback: whether notifications themselves work. Shown by the page, `status`, `doctor` and a metric. */
import type { Sql } from '../db/connection/client.ts';
import { type Delivery, deliveries, waitingMoves } from '../db/queries/notify/messages.ts';

export interface NotifyHealth {
  readonly working: boolean;
  /** Why not, each with its hint. */
  readonly faults: readonly string[];
  readonly subscriptions: number;
  readonly pending: number;
  readonly dead: number;
}

/** Moves become events within seconds where a worker runs. */
const STALE_MOVES_MS = 300_000;
const LATE_MS = 900_000;

/** @param mayShow limits it to the subscriptions that the caller may see. @default all */
export async function notifyHealth(
  sql: Sql,
  mayShow: (subscription: string) => boolean = () => true,
): Promise<NotifyHealth> {
  const how = (await deliveries(sql)).filter(({ subscription }) => mayShow(subscription));
  const { moves, since } = await waitingMoves(sql);
  const now = Date.now();
  const isStale = since !== null && now - since.getTime() > STALE_MOVES_MS;
  const faults = [
    ...(isStale
      ? [
          `${moves} moves of days wait since ${since.toISOString()}: nothing was collected since; is a worker running, and is the schedule notify:events there and not paused?`,
        ]
      : []),
    ...how.flatMap((each) => faultsOf(each, now)),
  ];
  const sum = (of: 'pending' | 'dead') => how.reduce((total, each) => total + each[of], 0);
  return {
    working: faults.length === 0,
    faults,
    subscriptions: how.length,
    pending: sum('pending'),
    dead: sum('dead'),
  };
}

function faultsOf({ subscription, dead, waitingSince, error }: Delivery, now: number): string[] {
  const why = error ? ` (${error})` : '';
  const isLate = waitingSince !== null && now - waitingSince.getTime() > LATE_MS;
  return [
    ...(isLate
      ? [`${subscription} has not received what is due since ${waitingSince.toISOString()}${why}`]
      : []),
    ...(dead > 0
      ? [`${subscription} has ${dead} dead letters${why}; "npx tidemark notify dead" shows them`]
      : []),
  ];
}
