/** Coverage of a range of days: from the ledger where that suffices, from the points where something is missing. */

import { type Dataset, isOfRecords } from '../../../domain/dataset/dataset.ts';
import { effectiveOn } from '../../../domain/dataset/facts.ts';
import { type GriddedPoints, isCountedByPayload, isGridded } from '../../../domain/dataset/points.ts';
import {
  type Coverage,
  type CoverageGap,
  coverDay,
  type DayToCover,
  isWithin,
  joinGaps,
  reasonOfDay,
  type SeriesOfDay,
  stepOf,
} from '../../../domain/days/coverage.ts';
import { addDays, type CivilDay, daysFrom, eachDay, type Interval } from '../../../domain/time/civil-day.ts';
import {
  deliveryInterval,
  intervalMs,
  intervalStarts,
  isOpen,
  notDueFrom,
} from '../../../domain/time/delivery-day.ts';
import type { Sql } from '../../connection/client.ts';
import { seriesOfDays } from '../../queries/days/coverage.ts';
import { type LedgerRow, ledgerRange } from '../../queries/days/ledger.ts';
import { coverFiles } from './cover-files.ts';
import { coverRecords } from './cover-records.ts';

export interface CoverageQuestion {
  readonly dataset: Dataset;
  readonly from: CivilDay;
  readonly to: CivilDay;
  /** Catalogued series; null: all of them. */
  readonly series: readonly string[] | null;
  /** Only points that start within it count. @default the whole days */
  readonly within?: Interval;
  readonly nowMs: number;
  /** The result ends with the day on which this many gaps are reached. */
  readonly enoughGaps: number;
}

export interface CoveredRange extends Coverage {
  /** The last day that is covered. */
  readonly to: CivilDay;
}

/** Points of this many days are read together. */
const BATCH_DAYS = 31;

/** Expected and present points, and every gap with its reason, for any kind of dataset. */
export async function coverRange(sql: Sql, question: CoverageQuestion): Promise<CoveredRange> {
  const { dataset } = question;
  if (isOfRecords(dataset)) return await coverRecords(sql, { ...question, dataset });
  return isGridded(dataset)
    ? await coverGridded(sql, { ...question, dataset })
    : await coverFiles(sql, { ...question, dataset });
}

type GriddedQuestion = CoverageQuestion & { readonly dataset: GriddedPoints };

async function coverGridded(sql: Sql, question: GriddedQuestion): Promise<CoveredRange> {
  const gaps: CoverageGap[] = [];
  let expected = 0;
  let present = 0;
  for (let first = question.from; ; first = addDays(first, BATCH_DAYS)) {
    const last = addDays(first, Math.min(BATCH_DAYS - 1, daysFrom(first, question.to)));
    for (const [day, covered] of await coverBatch(sql, question, first, last)) {
      expected += covered.expected;
      present += covered.present;
      gaps.push(...covered.gaps);
      if (day === question.to || gaps.length >= question.enoughGaps)
        return { expected, present, gaps: joinGaps(gaps), to: day };
    }
  }
}

async function coverBatch(
  sql: Sql,
  { dataset, series, nowMs, within }: GriddedQuestion,
  from: CivilDay,
  to: CivilDay,
): Promise<[CivilDay, Coverage][]> {
  const rows = new Map((await ledgerRange(sql, dataset.id, from, to)).map((row) => [row.day, row]));
  const isDetailed = (row: LedgerRow) =>
    needsPoints(row, series) ||
    (row.firstPublishedAt !== null && !isWithin(deliveryInterval(dataset, row.day), within));
  const detailed = [...rows.values()].filter(isDetailed).map(({ day }) => day);
  const points = await pointsOf(sql, dataset, detailed, series, rows);
  return eachDay(from, to).map((day) => {
    const row = rows.get(day);
    const known = points.get(day);
    if (row && isWhole(row) && series === null && isWithin(deliveryInterval(dataset, day), within)) {
      const { presentPoints } = row;
      return [day, { expected: presentPoints, present: presentPoints, gaps: [] }];
    }
    return [day, coverDay({ ...dayToCover(dataset, day, row, known ?? [], nowMs), within }, series)];
  });
}

/** Whether a published day has all of its expected points, by the ledger. */
export function isWhole({ firstPublishedAt, expectedPoints, presentPoints }: LedgerRow): boolean {
  return firstPublishedAt !== null && presentPoints >= expectedPoints;
}

function needsPoints(row: LedgerRow, series: readonly string[] | null): boolean {
  return row.firstPublishedAt !== null && (series !== null || !isWhole(row));
}

/** Reads the points: for whole days only the requested series, otherwise all series, to know which are expected. */
async function pointsOf(
  sql: Sql,
  dataset: GriddedPoints,
  days: readonly CivilDay[],
  series: readonly string[] | null,
  rows: ReadonlyMap<CivilDay, LedgerRow>,
): Promise<Map<CivilDay, SeriesOfDay[]>> {
  const whole = days.filter((day) => isWhole(rows.get(day) as LedgerRow));
  const gappy = days.filter((day) => !whole.includes(day));
  const found = [
    ...(await readDays(sql, dataset, whole, series)),
    ...(await readDays(sql, dataset, gappy, null)),
  ];
  const byDay = new Map<CivilDay, SeriesOfDay[]>(days.map((day) => [day, []]));
  for (const { day, ...of } of found) byDay.get(day)?.push(of);
  return byDay;
}

async function readDays(
  sql: Sql,
  dataset: GriddedPoints,
  days: readonly CivilDay[],
  series: readonly string[] | null,
) {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  const grids = days.map((day) => intervalStarts(dataset, day));
  const withStep = (of: SeriesOfDay & { readonly day: CivilDay }) => ({ ...of, ...ownStep(dataset, of) });
  const from = new Date(deliveryInterval(dataset, first).startMs);
  const to = new Date(deliveryInterval(dataset, last).endMs);
  const found = await seriesOfDays(sql, dataset.id, { days, grids, from, to }, series);
  return dataset.ownSteps ? found.map(withStep) : found;
}

/** The step of a series that may have one of its own. */
function ownStep(
  dataset: GriddedPoints,
  { day, filled, nulls, held }: SeriesOfDay & { readonly day: CivilDay },
): { stepMs: number } {
  const { startMs } = deliveryInterval(dataset, day);
  const gridMs = effectiveOn(dataset.resolution, day).minutes * 60_000;
  return { stepMs: stepOf([...filled, ...nulls, ...held], { startMs, gridMs }) };
}

/** The number of series of a day whose expected points are counted from its payloads. */
function seriesByPayloads(
  day: CivilDay,
  dataset: GriddedPoints,
  { expectedPoints }: LedgerRow,
  series: readonly SeriesOfDay[],
): number {
  const slots = intervalStarts(dataset, day).length;
  const gridMs = effectiveOn(dataset.resolution, day).minutes * 60_000;
  const seen = series.filter(({ filled }) => filled.length > 0);
  const known = seen.reduce((sum, { stepMs = gridMs }) => sum + (slots * gridMs) / stepMs, 0);
  return seen.length + Math.max(0, Math.ceil((expectedPoints - known) / slots));
}

function dayToCover(
  dataset: GriddedPoints,
  day: CivilDay,
  row: LedgerRow | undefined,
  series: readonly SeriesOfDay[],
  nowMs: number,
): DayToCover {
  const exists = day >= dataset.firstDay;
  const isPublished = row?.firstPublishedAt != null;
  const counted = isCountedByPayload(dataset) && row ? seriesByPayloads(day, dataset, row, series) : null;
  return {
    ...{ day, series },
    starts: intervalStarts(dataset, day),
    stepMs: intervalMs(dataset, day),
    // A whole day has no series missing.
    expectedSeries:
      !exists || (row && isWhole(row)) ? 0 : (counted ?? effectiveOn(dataset.expectedSeries, day).count),
    notDueFromMs: notDueFrom(dataset, day, nowMs),
    reason: reasonOfDay(row && { ...row, isPublished }, isOpen(dataset, day, nowMs)),
  };
}
