/** Whether a subscription wants an event, and when its message is due. Pure. */
import { addDays, dayAt, instantAt } from '../time/civil-day.ts';
import { type EventKind, type NotifyEvent, PROBLEMS, SEVERITIES, type Severity } from './event.ts';

export const CHANNELS = ['webhook', 'slack', 'mail'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Messages are sent from `from` until before `to`, on the wall clock of a zone; others wait. */
export interface Hours {
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** Only from Monday to Friday. */
  readonly workdays: boolean;
}

/** `at once`: one message per event · `hourly`, or a time of day (`HH:MM`, of `hours` or UTC): everything since then in one message. */
export type Digest = string;

export interface SubscriptionSettings {
  readonly channel: Channel;
  /** Null: all problems. */
  readonly kinds: readonly EventKind[] | null;
  /** Null: every open dataset, and the system. */
  readonly datasets: readonly string[] | null;
  /** The lowest severity that is sent. */
  readonly severity: Severity;
  /** Revisions are sent from this size on, absolute or as a share; either is enough. */
  readonly leastDifference: number | null;
  readonly leastRelative: number | null;
  readonly hours: Hours | null;
  /** Null: at once. */
  readonly digest: Digest | null;
}

export interface Subscription extends SubscriptionSettings {
  readonly id: string;
  readonly name: string;
  /** Where it goes, in displayable form. */
  readonly place: string;
  readonly fromEvent: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pausedWhy: string | null;
}

/** @param restricted datasets whose events are sent only to subscriptions that name them. */
export function wants(
  subscription: Subscription,
  event: NotifyEvent,
  restricted: ReadonlySet<string>,
): boolean {
  const { id, datasets, fromEvent } = subscription;
  const { kind, dataset, details } = event;
  if (kind === 'test') return details.subscription === id;
  if (event.id <= fromEvent || !(subscription.kinds ?? PROBLEMS).includes(kind)) return false;
  // A receiver that is down cannot be notified of that.
  if (kind === 'undelivered' && details.subject === id) return false;
  if (dataset !== null && !(datasets ? datasets.includes(dataset) : !restricted.has(dataset))) return false;
  return isGrave(subscription, event) && isLarge(subscription, event);
}

function isGrave({ severity }: Subscription, { phase, severity: its, kind }: NotifyEvent): boolean {
  // An end is sent if its beginning was; kinds requested by name need no minimum severity.
  if (phase === 'ended' || kind === 'complete' || kind === 'revised' || kind === 'corrected') return true;
  return SEVERITIES.indexOf(its) <= SEVERITIES.indexOf(severity);
}

function isLarge({ leastDifference, leastRelative }: Subscription, event: NotifyEvent): boolean {
  if (event.kind !== 'revised' || (leastDifference === null && leastRelative === null)) return true;
  const reaches = (size: number | null, least: number | null) =>
    least !== null && size !== null && size >= least;
  return reaches(event.largestDifference, leastDifference) || reaches(event.largestRelative, leastRelative);
}

/** The earliest time to send a message, and for a digest the name of the one that an event belongs to. */
export function dueAt(
  { hours, digest }: SubscriptionSettings,
  nowMs: number,
): { dueMs: number; digest: string | null } {
  if (digest === null) return { dueMs: withinHours(hours, nowMs), digest: null };
  const endsMs = digest === 'hourly' ? nextHour(nowMs) : nextTime(digest, hours?.timeZone ?? 'UTC', nowMs);
  return { dueMs: withinHours(hours, endsMs), digest: new Date(endsMs).toISOString() };
}

function nextHour(nowMs: number): number {
  return (Math.floor(nowMs / 3_600_000) + 1) * 3_600_000;
}

function nextTime(time: string, timeZone: string, nowMs: number): number {
  const today = dayAt(nowMs, timeZone);
  const at = instantAt(today, time, timeZone);
  return at > nowMs ? at : instantAt(addDays(today, 1), time, timeZone);
}

/** This instant, or the next at which the hours begin. Hours that end before they begin span midnight. */
function withinHours(hours: Hours | null, ms: number): number {
  if (!hours) return ms;
  const { from, to, timeZone } = hours;
  const first = addDays(dayAt(ms, timeZone), -1);
  for (let ahead = 0; ahead <= 5; ahead += 1) {
    const day = addDays(first, ahead);
    if (hours.workdays && isWeekend(day)) continue;
    const begins = instantAt(day, from, timeZone);
    const ends = instantAt(to > from ? day : addDays(day, 1), to, timeZone);
    if (ms < ends) return Math.max(ms, begins);
  }
  return ms;
}

function isWeekend(day: string): boolean {
  return [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}
