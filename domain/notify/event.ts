/**
 * The events of notifications: their kinds, severities, and the form that receivers get. Kinds and fields are a public contract: receivers
 * are other people's programs.
 */
import type { CivilDay } from '../time/civil-day.ts';

export const SEVERITIES = ['block', 'warn', 'info'] as const;
/** `block`: data are missing or not trusted, a person must act · `warn`: a person should check · `info`: for information. */
export type Severity = (typeof SEVERITIES)[number];

/** `happened`: once, at an instant · `began`, `ended`: both ends of an incident. */
export type Phase = 'happened' | 'began' | 'ended';

interface Kind {
  readonly severity: Severity;
  /** `day`: data of a delivery day · `incident`: a problem with days · `system`: a problem with the platform itself. */
  readonly about: 'day' | 'incident' | 'system';
  readonly meaning: string;
  /** Anchor in docs/recipes.md: what to do. */
  readonly recipe?: string;
}

export const KINDS = {
  complete: { severity: 'info', about: 'day', meaning: 'a delivery day has all its expected points' },
  revised: {
    severity: 'info',
    about: 'day',
    meaning: 'values of a delivery day were changed or added after its first publication',
  },
  corrected: {
    severity: 'info',
    about: 'day',
    meaning: 'a rebuild reads a delivery day otherwise than before',
  },
  finding: {
    severity: 'info',
    about: 'day',
    meaning: 'a check found something odd; the severity is that of the finding',
  },
  late: {
    severity: 'warn',
    about: 'incident',
    meaning: 'a deadline has passed without a publication',
    recipe: 'a-day-is-late',
  },
  partial: {
    severity: 'warn',
    about: 'incident',
    meaning: 'a day was published without some of its points',
    recipe: 'a-day-is-partial',
  },
  quarantined: {
    severity: 'block',
    about: 'incident',
    meaning: 'values or a whole response were rejected',
    recipe: 'a-day-is-quarantined',
  },
  failed: {
    severity: 'block',
    about: 'incident',
    meaning: 'the last attempt at a day was given up',
    recipe: 'a-day-has-failed',
  },
  polling_stale: {
    severity: 'block',
    about: 'system',
    meaning: 'a dataset is not polled though its schedule is not paused',
    recipe: 'polling-is-stale',
  },
  no_worker: {
    severity: 'block',
    about: 'system',
    meaning: 'no worker has been seen for some minutes',
    recipe: 'no-worker',
  },
  clock_off: {
    severity: 'warn',
    about: 'system',
    meaning: "the clock of a process is apart from the database's",
    recipe: 'a-clock-is-off',
  },
  feed_lag: {
    severity: 'warn',
    about: 'system',
    meaning: 'answers for "now" are older than some minutes',
    recipe: 'the-feed-lags',
  },
  inbox_lag: {
    severity: 'warn',
    about: 'system',
    meaning: 'lines that were sent wait to be folded',
    recipe: 'the-inbox-waits',
  },
  load_stopped: {
    severity: 'warn',
    about: 'system',
    meaning: 'the load of a file ended before its end',
    recipe: 'a-load-or-backfill-stopped',
  },
  backfill_stopped: {
    severity: 'warn',
    about: 'system',
    meaning: 'a backfill ended before its end, or has paused itself because too many days failed',
    recipe: 'a-load-or-backfill-stopped',
  },
  erasure_due: {
    severity: 'warn',
    about: 'system',
    meaning: 'the erasure of a person has not come to its end',
    recipe: 'an-erasure-is-due',
  },
  undelivered: {
    severity: 'warn',
    about: 'system',
    meaning: 'another subscription does not get what it should',
    recipe: 'notifications-fail',
  },
  test: { severity: 'info', about: 'system', meaning: 'somebody tries a subscription' },
} as const satisfies Record<string, Kind>;

export type EventKind = keyof typeof KINDS;
export const EVENT_KINDS = Object.keys(KINDS) as EventKind[];
/** Sent where a subscription names no kinds. */
export const PROBLEMS = EVENT_KINDS.filter((kind) => KINDS[kind].about !== 'day' && kind !== 'test');

/** Something that happened, before it has a cursor. */
export interface NewEvent {
  /** The same however often it is derived. */
  readonly key: string;
  readonly kind: EventKind;
  readonly phase: Phase;
  readonly severity: Severity;
  /** Null where it concerns the whole system. */
  readonly dataset: string | null;
  /** The delivery day; for an incident the day that began it. */
  readonly day: CivilDay | null;
  readonly happenedAt: Date;
  /** The largest change of a value, in the dataset's unit. */
  readonly largestDifference: number | null;
  /** The same as a share of the earlier value: 0.07 for 7 %. */
  readonly largestRelative: number | null;
  /** One sentence for people. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface NotifyEvent extends NewEvent {
  /** Its cursor: ascending in the order in which events became readable. */
  readonly id: number;
}

/** Base addresses for links in events. */
export interface EventLinks {
  /** Prefix of a run-book's path, with its slash. @default its path in this project */
  readonly runBooks?: string | undefined;
  /** Address of the web page. @default events have no link to it */
  readonly page?: string | undefined;
}

/** An event as receivers and the API show it. */
export function eventBody(
  event: NotifyEvent,
  { runBooks = '', page }: EventLinks = {},
): Record<string, unknown> {
  const { id, key, kind, phase, severity, dataset, day, happenedAt, details } = event;
  const { recipe }: Kind = KINDS[kind];
  return {
    ...{ cursor: id, key, kind, phase, severity, dataset, delivery_day: day },
    happened_at: happenedAt.toISOString(),
    largest_difference: event.largestDifference,
    largest_relative_difference: event.largestRelative,
    summary: event.summary,
    details,
    run_book: recipe ? `${runBooks}docs/recipes.md#${recipe}` : null,
    page: page === undefined ? null : `${page}/${pageOf(event)}`,
  };
}

/** The page with details: of the day with its runs, of the dataset, or of everything. */
function pageOf({ dataset, day }: NotifyEvent): string {
  if (dataset === null) return '';
  const whole = `#/datasets/${encodeURIComponent(dataset)}`;
  return day === null ? whole : `${whole}/days/${day}`;
}
