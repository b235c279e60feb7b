/**
 * Coverage: what a dataset should have, what it has, and why each missing point is missing. Its invariant: expected = present + the points
 * of all gaps, for any days and series. Pure.
 */
import type { CivilDay, Interval } from '../time/civil-day.ts';
import { type Gap, gapsOf, type Missing } from './gaps.ts';
import type { DayState } from './ledger.ts';

/** Why points are missing, with a line for each. */
export const GAP_REASONS = {
  'not due': 'the source cannot have it yet',
  'not loaded':
    'the source may have it, and it was not requested (a backfill loads it), or it is in no file that was loaded',
  awaiting: 'requested; the source has nothing yet and the deadline has not passed',
  late: 'the deadline has passed and the source has nothing',
  missing: 'the day was published without it',
  quarantined: 'a rule holds it back',
  absent: 'will never exist; declared by a person',
  failed: 'the last attempt ended in an error and nothing is known of the day',
  null: 'published without a value',
  dropped: 'older than the dataset keeps: retention dropped it',
} as const;

export type GapReason = keyof typeof GAP_REASONS;

/** The reason for all missing points of a day, unless more is known of a point. */
export function reasonOfDay(
  row: { readonly state: DayState; readonly isPublished: boolean; readonly dueAt?: Date | null } | undefined,
  isOpen: boolean,
): GapReason {
  if (row?.isPublished && row.state !== 'in_progress') return 'missing';
  // In progress, and due at no instant: files have a part of the day.
  if (row?.isPublished) return row.dueAt === null ? 'not loaded' : 'awaiting';
  if (row && row.state !== 'scheduled') return BY_STATE[row.state];
  return isOpen ? 'not loaded' : 'not due';
}

const BY_STATE: Readonly<Record<Exclude<DayState, 'scheduled'>, GapReason>> = {
  in_progress: 'awaiting',
  awaiting: 'awaiting',
  late: 'late',
  partial: 'missing',
  complete: 'missing',
  quarantined: 'quarantined',
  failed: 'failed',
  absent: 'absent',
};

/** What is known of a series on a day. Instants are milliseconds, on the day's grid. */
export interface SeriesOfDay {
  readonly series: string;
  readonly filled: readonly number[];
  /** Published without a value. */
  readonly nulls: readonly number[];
  /** Quarantined by a rule. */
  readonly held: readonly number[];
  /** Length of its intervals, milliseconds, if it differs from the day's. */
  readonly stepMs?: number;
}

/** Whether all of an interval counts. @param within undefined: everything does */
export function isWithin({ startMs, endMs }: Interval, within: Interval | undefined): boolean {
  return within === undefined || (within.startMs <= startMs && endMs <= within.endMs);
}

/** How much of the days asked for was ever loaded. */
export const LOADED = ['all', 'part', 'none'] as const;
export type Loaded = (typeof LOADED)[number];

/** @param days those asked for that the dataset can have. */
export function loadedOf(loadedDays: number, days: number): Loaded {
  if (loadedDays === 0) return 'none';
  return loadedDays >= days ? 'all' : 'part';
}

export interface DayToCover {
  readonly day: CivilDay;
  /** UTC starts of the day's intervals, ascending, milliseconds. */
  readonly starts: readonly number[];
  /** Only intervals that start within it count. @default the whole day */
  readonly within?: Interval | undefined;
  readonly stepMs: number;
  /** Minimum number of series of a complete day. */
  readonly expectedSeries: number;
  readonly reason: GapReason;
  /** Intervals that end later are not due yet, milliseconds. @default all are due */
  readonly notDueFromMs?: number;
  /** Those with data on the day, or with points in the week before. */
  readonly series: readonly SeriesOfDay[];
}

export interface CoverageGap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: GapReason;
  /** Series that lack all of it, ascending. */
  readonly series: readonly string[];
  /** How many more series lack all of it but cannot be named. */
  readonly unnamed: number;
  readonly points: number;
}

export interface Coverage {
  readonly expected: number;
  readonly present: number;
  readonly gaps: readonly CoverageGap[];
}

/**
 * Covers one day. Expected are the series that have a value, and as many others as a complete day still needs: first those with data on the
 * day, then those of the week before, then unnamed ones.
 * @param requested only these series; null: all of them. One not seen lately may be one of the unnamed.
 */
export function coverDay(day: DayToCover, requested: readonly string[] | null): Coverage {
  const seen = day.series.filter(({ filled }) => filled.length > 0);
  const open = Math.max(0, day.expectedSeries - seen.length);
  const candidates = day.series.filter(({ filled }) => filled.length === 0).toSorted(likelierFirst);
  const named = candidates.slice(0, open);
  const unnamed = open - named.length;
  if (requested === null) return cover(day, [...seen, ...named], unnamed);
  const known = new Set(day.series.map(({ series }) => series));
  const strangers = [...new Set(requested)].filter((series) => !known.has(series)).slice(0, unnamed);
  const wanted = [...seen, ...named].filter(({ series }) => requested.includes(series));
  return cover(day, [...wanted, ...strangers.map(nothingOf)], 0);
}

function likelierFirst(a: SeriesOfDay, b: SeriesOfDay): number {
  const spoken = (of: SeriesOfDay) => Number(of.nulls.length + of.held.length > 0);
  return spoken(b) - spoken(a) || (a.series < b.series ? -1 : 1);
}

function nothingOf(series: string): SeriesOfDay {
  return { series, filled: [], nulls: [], held: [] };
}

/** Series of equal steps together. */
function cover(day: DayToCover, series: readonly SeriesOfDay[], unnamed: number): Coverage {
  const steps = [...new Set([day.stepMs, ...series.map(({ stepMs = day.stepMs }) => stepMs)])];
  const covered = steps.map((step) => {
    const its = series.filter(({ stepMs = day.stepMs }) => stepMs === step);
    return coverSteps(inSteps(day, step), its, step === day.stepMs ? unnamed : 0);
  });
  return {
    expected: covered.reduce((sum, { expected }) => sum + expected, 0),
    present: covered.reduce((sum, { present }) => sum + present, 0),
    gaps: covered.flatMap(({ gaps }) => gaps).toSorted(byTime),
  };
}

function inSteps(day: DayToCover, stepMs: number): DayToCover {
  if (stepMs === day.stepMs) return day;
  const [first = 0] = day.starts;
  return { ...day, stepMs, starts: day.starts.filter((ms) => (ms - first) % stepMs === 0) };
}

/**
 * The length of a series' intervals on a day, inferred from its points: the longest of at most an hour that fits all of them.
 * @param starts of its points, milliseconds.
 */
export function stepOf(
  starts: readonly number[],
  { startMs, gridMs }: { readonly startMs: number; readonly gridMs: number },
): number {
  if (starts.length < 2) return gridMs;
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return Math.max(
    gridMs,
    starts.reduce((step, ms) => divisor(step, ms - startMs), HOUR_MS),
  );
}

const HOUR_MS = 3_600_000;

const EVER: Interval = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

function coverSteps(whole: DayToCover, series: readonly SeriesOfDay[], unnamed: number): Coverage {
  const { startMs, endMs } = whole.within ?? EVER;
  const day = { ...whole, starts: whole.starts.filter((ms) => ms >= startMs && ms < endMs) };
  const missing = series
    .toSorted((a, b) => (a.series < b.series ? -1 : 1))
    .flatMap((each) => missingOf(day, each));
  const count = day.starts.length;
  const named = gapsOf(missing, day.stepMs).map((gap) => withPoints(gap, day.stepMs));
  const present = series.length * count - missing.length;
  const gaps = unnamed === 0 ? named : [...named, ...unnamedGaps(day, unnamed)];
  return { expected: (series.length + unnamed) * count, present, gaps: gaps.toSorted(byTime) };
}

function missingOf(day: DayToCover, { series, filled, nulls, held }: SeriesOfDay): Missing<GapReason>[] {
  const there = new Set(filled);
  const kindOf = (ms: number): GapReason =>
    nulls.includes(ms) ? 'null' : held.includes(ms) ? 'quarantined' : reasonAt(day, ms);
  return day.starts
    .filter((ms) => !there.has(ms))
    .map((startsAtMs) => ({ series, startsAtMs, kind: kindOf(startsAtMs) }));
}

function withPoints({ fromMs, toMs, kind, series }: Gap<GapReason>, stepMs: number): CoverageGap {
  const points = (series.length * (toMs - fromMs)) / stepMs;
  return { fromMs, toMs, reason: kind, series, unnamed: 0, points };
}

/** Why a point of a day is missing if nothing is known of the point itself. */
function reasonAt(
  { reason, stepMs, notDueFromMs = Number.POSITIVE_INFINITY }: DayToCover,
  ms: number,
): GapReason {
  return reason !== 'absent' && ms + stepMs > notDueFromMs ? 'not due' : reason;
}

function unnamedGaps(day: DayToCover, unnamed: number): CoverageGap[] {
  const { starts, stepMs } = day;
  const missing = starts.map((startsAtMs) => ({ series: '', startsAtMs, kind: reasonAt(day, startsAtMs) }));
  return gapsOf(missing, stepMs).map(({ fromMs, toMs, kind: reason }) => {
    const points = (unnamed * (toMs - fromMs)) / stepMs;
    return { fromMs, toMs, reason, series: [], unnamed, points };
  });
}

function byTime(a: CoverageGap, b: CoverageGap): number {
  return a.fromMs - b.fromMs || a.toMs - b.toMs;
}

/** Merges gaps of several days: those that continue over midnight become one. @param gaps in order of time. */
export function joinGaps(gaps: readonly CoverageGap[]): CoverageGap[] {
  const joined: CoverageGap[] = [];
  const ends = new Map<string, number>();
  for (const gap of gaps) {
    const key = JSON.stringify([gap.reason, gap.unnamed, gap.series]);
    const at = ends.get(`${gap.fromMs} ${key}`);
    const before = at === undefined ? undefined : joined[at];
    if (before) ends.delete(`${gap.fromMs} ${key}`);
    const index = at ?? joined.length;
    joined[index] = before ? { ...before, toMs: gap.toMs, points: before.points + gap.points } : gap;
    ends.set(`${gap.toMs} ${key}`, index);
  }
  return joined;
}
