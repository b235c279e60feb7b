/**
 * A dataset's delivery days: their intervals, the points a complete one has, and the moments of their publication.
 * Pure arithmetic on a definition; no clock: "now" is always an argument, milliseconds since the epoch.
 */
import { type Dataset, isDerived, isPulledPoints } from '../dataset/dataset.ts';
import { type DatasetFacts, effectiveOn } from '../dataset/facts.ts';
import {
  type GriddedPoints,
  isGridded,
  type PointDataset,
  type PulledPoints,
  WHOLE_DAY,
} from '../dataset/points.ts';
import type { LocalMoment } from '../dataset/pull.ts';
import { addDays, type CivilDay, dayAt, dayInterval, type Interval, instantAt } from './civil-day.ts';

/** The UTC interval of a delivery day. */
export function deliveryInterval(dataset: Pick<DatasetFacts, 'source'>, day: CivilDay): Interval {
  return dayInterval(day, dataset.source.timeZone);
}

/** UTC starts of all intervals of a delivery day, ascending, milliseconds: 23, 24 or 25 for an hourly dataset. */
export function intervalStarts(dataset: GriddedPoints, day: CivilDay): number[] {
  const { startMs, endMs } = deliveryInterval(dataset, day);
  const stepMs = intervalMs(dataset, day);
  return Array.from({ length: Math.ceil((endMs - startMs) / stepMs) }, (_, i) => startMs + i * stepMs);
}

/** Length of the intervals of a delivery day, milliseconds; an interval of a whole day has 23, 24 or 25 hours. */
export function intervalMs(dataset: GriddedPoints, day: CivilDay): number {
  const { minutes } = effectiveOn(dataset.resolution, day);
  if (minutes !== WHOLE_DAY) return minutes * 60_000;
  const { startMs, endMs } = deliveryInterval(dataset, day);
  return endMs - startMs;
}

/**
 * The number of points a complete day has.
 * @param seriesSeen series that have a value on that day; more than declared raises the expectation.
 */
export function expectedPoints(dataset: GriddedPoints, day: CivilDay, seriesSeen: number): number {
  const series = Math.max(expectedSeriesOf(dataset, '', day), seriesSeen);
  return intervalStarts(dataset, day).length * series;
}

/** Minimum number of series of a part; of the day, if one request brings it whole. */
export function expectedSeriesOf(
  { expectedSeries, pull }: GriddedPoints,
  part: string,
  day: CivilDay,
): number {
  return pull?.parts?.expectedSeries?.(part, day) ?? effectiveOn(expectedSeries, day).count;
}

/** The instant of a publication moment of a delivery day, or of a period named by its first day. */
export function momentOf(dataset: Pick<DatasetFacts, 'source'>, day: CivilDay, moment: LocalMoment): number {
  return instantAt(addDays(day, moment.day), moment.time, dataset.source.timeZone);
}

/** Whether the source may have this day already: it can be requested, or has begun if days are not requested. */
export function isOpen(dataset: Dataset, day: CivilDay, nowMs: number): boolean {
  if (!isPulledPoints(dataset)) return nowMs >= deliveryInterval(dataset, day).startMs;
  return nowMs >= momentOf(dataset, day, dataset.pull.publication.opens);
}

/**
 * The instant from which on an absent day is late.
 * @param holidays of the dataset's business days; those of other datasets do not count.
 */
export function deadlineOf(dataset: PulledPoints, day: CivilDay, holidays = NO_HOLIDAYS): number {
  const { deadline, businessDays } = dataset.pull.publication;
  if (!businessDays) return momentOf(dataset, day, deadline);
  const due = businessDayFrom(addDays(day, deadline.day), holidays);
  return instantAt(due, deadline.time, dataset.source.timeZone);
}

/** Whether an absent day is late at this instant. */
export function isLate(dataset: PulledPoints, day: CivilDay, nowMs: number, holidays = NO_HOLIDAYS): boolean {
  return nowMs >= deadlineOf(dataset, day, holidays);
}

/**
 * How long after its end an interval of a day is usually published, milliseconds: by the usual publication, where it lies after the end of
 * the day. What is not requested is due as it happens. Null where all of the day comes at once, or when its inputs do.
 */
function usualLag(dataset: Dataset, day: CivilDay): number | null {
  if (isDerived(dataset)) return null;
  if (!isPulledPoints(dataset)) return 0;
  const expectedMs = momentOf(dataset, day, dataset.pull.publication.expected);
  const lagMs = expectedMs - deliveryInterval(dataset, day).endMs;
  return lagMs < 0 ? null : lagMs;
}

/** Where the intervals of a day that are not due yet begin, milliseconds: its end, unless it is published as it goes on. */
export function notDueFrom(dataset: Dataset, day: CivilDay, nowMs: number): number {
  const { startMs, endMs } = deliveryInterval(dataset, day);
  const lagMs = usualLag(dataset, day);
  return lagMs === null ? endMs : Math.min(endMs, Math.max(startMs, nowMs - lagMs));
}

/** The share of a day's points that is usually published at an instant, from 0 to 1. */
export function dueShare(dataset: PointDataset, day: CivilDay, nowMs: number): number {
  const { startMs, endMs } = deliveryInterval(dataset, day);
  if (isPulledPoints(dataset) && nowMs < momentOf(dataset, day, dataset.pull.publication.expected))
    if (usualLag(dataset, day) === null) return 0;
  const upToMs = notDueFrom(dataset, day, nowMs);
  if (!isGridded(dataset)) return (upToMs - startMs) / (endMs - startMs);
  const [starts, stepMs] = [intervalStarts(dataset, day), intervalMs(dataset, day)];
  return starts.filter((ms) => ms + stepMs <= upToMs).length / starts.length;
}

/** The civil day in the source's time zone at an instant. */
export function today(dataset: Pick<DatasetFacts, 'source'>, nowMs: number): CivilDay {
  return dayAt(nowMs, dataset.source.timeZone);
}

/** The newest day whose publication deadline has passed at an instant. */
export function newestDueDay(dataset: PulledPoints, nowMs: number, holidays = NO_HOLIDAYS): CivilDay {
  let day = addDays(today(dataset, nowMs), -dataset.pull.publication.deadline.day);
  while (!isLate(dataset, day, nowMs, holidays)) day = addDays(day, -1);
  return day;
}

// Business days: neither Saturday nor Sunday nor a public holiday. Holidays are an argument: they are data and change.

export type Holidays = ReadonlySet<CivilDay>;

export const NO_HOLIDAYS: Holidays = new Set();

/** How many days of holidays are needed to find the next business day: no run of free days is longer. */
export const LOOK_AHEAD_DAYS = 31;

function isBusinessDay(day: CivilDay, holidays: Holidays): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(day);
}

/** The day itself when it is a business day, else the next one. */
function businessDayFrom(day: CivilDay, holidays: Holidays): CivilDay {
  let found = day;
  for (let i = 0; i < LOOK_AHEAD_DAYS && !isBusinessDay(found, holidays); i++) found = addDays(found, 1);
  return found;
}
