// When a business day appears and when it is republished in place: pure functions of (seed, day), in UTC milliseconds. Nothing here reads a
// clock.
import { dayStartMs, HOUR_MS } from './business-day.ts';
import { unitOf } from './random.ts';

/** The first business day of the Core region. */
export const CORE_FIRST_DAY = '2022-06-09';

/** When a table is published, and since when it exists. */
export interface Calendar {
  readonly firstDay: string;
  /** The latest time of the day before, `HH:MM` in Amsterdam. */
  readonly published: string;
}

const CORE: Calendar = { firstDay: CORE_FIRST_DAY, published: '10:30' };

const MINUTE_MS = 60_000;
const SPREAD_MS = 75 * MINUTE_MS;

/** The instant at which a day is first published: in the 75 minutes before its latest time on the day before. */
export function publishedAtMs(seed: number, day: string, { published }: Calendar = CORE): number {
  const delayMs = Math.floor(unitOf(seed, `published ${day}`) * SPREAD_MS);
  const [hours = 0, minutes = 0] = published.split(':').map(Number);
  // Computed from the end of that day, which is right on days of 23 and 25 hours too.
  const latestMs = dayStartMs(day) - (24 - hours) * HOUR_MS + minutes * MINUTE_MS;
  return latestMs - SPREAD_MS + delayMs;
}

/**
 * The instants at which a day is republished with changed values: none for most days, one or two for a `share` of
 * them (0 to 1). The first comes 2 to 8 hours after the publication, the second 3 to 20 hours later.
 */
export function revisedAtMs(seed: number, day: string, share: number, calendar: Calendar = CORE): number[] {
  if (unitOf(seed, `revised ${day}`) >= share) return [];
  const hours = (name: string, from: number, to: number) =>
    Math.floor((from + unitOf(seed, `${name} ${day}`) * (to - from)) * HOUR_MS);
  const firstMs = publishedAtMs(seed, day, calendar) + hours('first revision', 2, 8);
  const twice = unitOf(seed, `revised twice ${day}`) < 0.3;
  return twice ? [firstMs, firstMs + hours('second revision', 3, 20)] : [firstMs];
}

/** The instants at which a day was published up to `nowMs`, first and again; empty if not yet. */
export function editionsAt(
  seed: number,
  day: string,
  nowMs: number,
  revisionShare: number,
  calendar: Calendar = CORE,
): number[] {
  if (day < calendar.firstDay) return [];
  const firstMs = publishedAtMs(seed, day, calendar);
  return [firstMs, ...revisedAtMs(seed, day, revisionShare, calendar)].filter((atMs) => atMs <= nowMs);
}

/** When a day is first published; undefined before the first. */
export function firstEditionAt(seed: number, day: string, calendar: Calendar): number | undefined {
  return day < calendar.firstDay ? undefined : publishedAtMs(seed, day, calendar);
}
