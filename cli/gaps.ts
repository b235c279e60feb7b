/** The missing points of days, for `tidemark days --gaps`. */
import type { Database } from '../db/connection/client.ts';
import { type GapKind, missingPoints } from '../db/queries/days/gaps.ts';
import type { LedgerRow } from '../db/queries/days/ledger.ts';
import { gapsOfFiles } from '../db/queries/files/file-gaps.ts';
import { isPulledPoints } from '../domain/dataset/dataset.ts';
import { effectiveOn } from '../domain/dataset/facts.ts';
import type { PointDataset, PulledPoints } from '../domain/dataset/points.ts';
import { type Gap, gapsOf, gapsOfRuns } from '../domain/days/gaps.ts';
import { listNames } from '../domain/interpret/checks.ts';
import type { CivilDay } from '../domain/time/civil-day.ts';
import { deliveryInterval, intervalStarts } from '../domain/time/delivery-day.ts';
import { instant } from './table.ts';

export interface DayGaps {
  readonly day: CivilDay;
  /** Points that the ledger lacks. More than the gaps name when a series is missing that nobody has seen for a week. */
  readonly missing: number;
  readonly gaps: readonly Gap<GapKind>[];
}

/** The gaps of the days that have points, but not all. */
export async function gapsOfDays(
  database: Database,
  dataset: PointDataset,
  rows: readonly LedgerRow[],
): Promise<DayGaps[]> {
  const gappy = rows.filter(
    ({ expectedPoints, presentPoints, firstPublishedAt }) =>
      firstPublishedAt !== null && presentPoints < expectedPoints,
  );
  const days: DayGaps[] = [];
  for (const { day, expectedPoints, presentPoints } of gappy) {
    const scope = { dataset: dataset.id, day, interval: deliveryInterval(dataset, day) };
    const gaps = isPulledPoints(dataset)
      ? await gapsOfPolled(database, dataset, scope)
      : gapsOfRuns(await gapsOfFiles(database, scope, null));
    days.push({ day, missing: expectedPoints - presentPoints, gaps });
  }
  return days;
}

async function gapsOfPolled(
  database: Database,
  dataset: PulledPoints,
  scope: Parameters<typeof missingPoints>[1],
): Promise<Gap<GapKind>[]> {
  const points = await missingPoints(database, scope, intervalStarts(dataset, scope.day));
  const missing = points.map(({ startsAt, ...point }) => ({ ...point, startsAtMs: startsAt.getTime() }));
  return gapsOf(missing, effectiveOn(dataset.resolution, scope.day).minutes * 60_000);
}

/** `    2026-11-20 10:00:00Z to 2026-11-20 12:00:00Z absent in 2 series: a, b`. */
export function describeGaps({ gaps }: DayGaps): string {
  const lines = gaps.map(({ fromMs, toMs, kind, series }) => {
    const names = `${series.length} series: ${listNames(series)}`;
    return `    ${instant(new Date(fromMs))} to ${instant(new Date(toMs))} ${kind} in ${names}`;
  });
  return lines.join('\n') || '    no series of the week before lacks a point';
}
