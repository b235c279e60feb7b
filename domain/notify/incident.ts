/** Incidents: what needs a person now, by dataset and cause. Causes and fields are a public contract: receivers are other people's programs. */
import type { CivilDay } from '../time/civil-day.ts';

/** `block`: data are missing or not trusted, a person must act · `warn`: a person should check · `info`: for information. */
export type Severity = 'block' | 'warn' | 'info';

interface Facts {
  readonly severity: Severity;
  readonly meaning: string;
  /** Anchor in docs/recipes.md: what to do. */
  readonly recipe: string;
}

export const CAUSES = {
  late: {
    severity: 'warn',
    meaning: 'a deadline has passed without a publication',
    recipe: 'a-day-is-late',
  },
  partial: {
    severity: 'warn',
    meaning: 'a day was published without some of its points',
    recipe: 'a-day-is-partial',
  },
  quarantined: {
    severity: 'block',
    meaning: 'values or a whole response were rejected',
    recipe: 'a-day-is-quarantined',
  },
  failed: {
    severity: 'block',
    meaning: 'the last attempt at a day was given up',
    recipe: 'a-day-has-failed',
  },
  polling_stale: {
    severity: 'block',
    meaning: 'a dataset is not polled though its schedule is not paused',
    recipe: 'polling-is-stale',
  },
  no_worker: {
    severity: 'block',
    meaning: 'no worker has been seen for some minutes',
    recipe: 'no-worker',
  },
  clock_off: {
    severity: 'warn',
    meaning: "the clock of a process is apart from the database's",
    recipe: 'a-clock-is-off',
  },
  feed_lag: {
    severity: 'warn',
    meaning: 'answers for "now" are older than some minutes',
    recipe: 'the-feed-lags',
  },
  inbox_lag: {
    severity: 'warn',
    meaning: 'lines that were sent wait to be folded',
    recipe: 'the-inbox-waits',
  },
  load_stopped: {
    severity: 'warn',
    meaning: 'the load of a file ended before its end',
    recipe: 'a-load-or-backfill-stopped',
  },
  backfill_stopped: {
    severity: 'warn',
    meaning: 'a backfill ended before its end, or has paused itself because too many days failed',
    recipe: 'a-load-or-backfill-stopped',
  },
  erasure_due: {
    severity: 'warn',
    meaning: 'the erasure of a person has not come to its end',
    recipe: 'an-erasure-is-due',
  },
  undelivered: {
    severity: 'warn',
    meaning: 'a receiver has not been told for an hour',
    recipe: 'notifications-fail',
  },
} as const satisfies Record<string, Facts>;

export type Cause = keyof typeof CAUSES;
export const CAUSE_NAMES = Object.keys(CAUSES) as Cause[];

/** Something that needs a person now. */
export interface Incident {
  readonly cause: Cause;
  /** Null where it concerns the whole system. */
  readonly dataset: string | null;
  /** What it concerns within a cause: a process, a run, a receiver; empty where cause and dataset say it. */
  readonly subject: string;
  /** Delivery days concerned, ascending; none where it is about no day. */
  readonly days: readonly CivilDay[];
  /** For days the error of the last one, otherwise the sentence. */
  readonly detail: string | null;
}

/** One sentence for people: `jao-core.max-exchanges: 3 days (2026-11-20 to 2026-11-22) are late: a deadline has passed …`. */
export function summaryOf({ cause, dataset, days, detail }: Omit<Incident, 'subject'>): string {
  if (days.length === 0) return detail ?? CAUSES[cause].meaning;
  const isOne = days.length === 1;
  const verb = cause === 'failed' ? `${isOne ? 'has' : 'have'} failed` : `${isOne ? 'is' : 'are'} ${cause}`;
  return `${dataset}: ${spanOf(days)} ${verb}: ${cause === 'failed' && detail ? detail : CAUSES[cause].meaning}`;
}

/** `2026-11-20`, or `3 days (2026-11-20 to 2026-11-22)`. */
export function spanOf(days: readonly CivilDay[]): string {
  return days.length === 1 ? `${days[0]}` : `${days.length} days (${days[0]} to ${days.at(-1)})`;
}
