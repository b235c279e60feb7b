/** The last fallback: whether notifications themselves work. Shown by the page, `status`, `doctor` and a metric. */
import type { Sql } from '../db/connection/client.ts';
import { type Delivery, deliveries } from '../db/queries/notify/receivers.ts';

export interface NotifyHealth {
  readonly working: boolean;
  /** Why not, each with its hint. */
  readonly faults: readonly string[];
  readonly receivers: number;
  /** Messages that receivers should have. */
  readonly waiting: number;
}

/** Incidents are compared with what was told once a minute where a worker runs. */
const UNCHECKED_SECONDS = 300;
const LATE_SECONDS = 900;

/** @param mayShow limits it to the receivers that the caller may see. @default all */
export async function notifyHealth(
  sql: Sql,
  mayShow: (receiver: string) => boolean = () => true,
): Promise<NotifyHealth> {
  const how = (await deliveries(sql)).filter(({ receiver }) => mayShow(receiver));
  const faults = how.flatMap(faultsOf);
  const waiting = how.reduce((sum, each) => sum + each.waiting, 0);
  return { working: faults.length === 0, faults, receivers: how.length, waiting };
}

function faultsOf({ receiver, uncheckedSeconds, waitingSeconds, waitingSince, error }: Delivery): string[] {
  const minutes = Math.round(uncheckedSeconds / 60);
  const isUnchecked = uncheckedSeconds > UNCHECKED_SECONDS;
  const isLate = (waitingSeconds ?? 0) > LATE_SECONDS;
  return [
    ...(isUnchecked
      ? [
          `${receiver}: nobody has looked for ${minutes} minutes what it should be told; is a worker running, and is the schedule notify there and not paused?`,
        ]
      : []),
    ...(isLate
      ? [
          `${receiver} has not been told what is due since ${waitingSince?.toISOString()}${error ? ` (${error})` : ''}`,
        ]
      : []),
  ];
}
