// When a business day appears and when it is republished in place: pure functions of (seed, day), in UTC
// milliseconds. Nothing here asks what time it is.
import { dayStartMs, HOUR_MS } from './business-day.ts';
import { unitOf } from './random.ts';

/** The first business day that the publisher has. */
const FIRST_DAY = '2022-06-09';

const MINUTE_MS = 60_000;
// 09:15 local on the day before, told from the end of that day, which is right on days of 23 and 25 hours too.
const EARLIEST_BEFORE_START_MS = 14 * HOUR_MS + 45 * MINUTE_MS;
const SPREAD_MS = 75 * MINUTE_MS;

/** The instant at which a day is first published: 09:15 to 10:30 Amsterdam time on the day before. */
export function publishedAtMs(seed: number, day: string): number {
  const delayMs = Math.floor(unitOf(seed, `published ${day}`) * SPREAD_MS);
  return dayStartMs(day) - EARLIEST_BEFORE_START_MS + delayMs;
}

/**
 * The instants at which a day is republished with changed values: none for most days, one or two for a `share` of
 * them (0 to 1). The first comes 2 to 8 hours after the publication, the second 3 to 20 hours later.
 */
export function revisedAtMs(seed: number, day: string, share: number): number[] {
  if (unitOf(seed, `revised ${day}`) >= share) return [];
  const hours = (name: string, from: number, to: number) =>
    Math.floor((from + unitOf(seed, `${name} ${day}`) * (to - from)) * HOUR_MS);
  const firstMs = publishedAtMs(seed, day) + hours('first revision', 2, 8);
  const twice = unitOf(seed, `revised twice ${day}`) < 0.3;
  return twice ? [firstMs, firstMs + hours('second revision', 3, 20)] : [firstMs];
}

/** How often a day has been published by `nowMs`: 0 not yet, 1 first published, 2 or 3 republished. */
export function editionAt(seed: number, day: string, nowMs: number, revisionShare: number): number {
  if (day < FIRST_DAY || nowMs < publishedAtMs(seed, day)) return 0;
  return 1 + revisedAtMs(seed, day, revisionShare).filter((atMs) => atMs <= nowMs).length;
}
