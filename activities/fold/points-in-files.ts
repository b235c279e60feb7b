/** What files should have of a day in which they begin or end: month files in UTC have some hours of a local day each. */
import type { Sql } from '../../db/connection/client.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import { edgesOfFiles, extentsOfDay, type SeriesExtent } from '../../db/queries/files/file-days.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { isGridded, type PointDataset } from '../../domain/dataset/points.ts';
import type { Interval } from '../../domain/time/civil-day.ts';
import { intervalStarts } from '../../domain/time/delivery-day.ts';

export type PointCounts = Pick<LedgerRow, 'expectedPoints' | 'presentPoints'>;

/**
 * How many points a day has between the first and the last of its files, if these begin or end inside it; null if they cover all of the
 * day, or lack a point in between: such a day is partial.
 */
export async function pointsInFiles(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { expectedPoints, presentPoints }: PointCounts,
): Promise<number | null> {
  if (presentPoints === 0 || presentPoints >= expectedPoints) return null;
  const edges = await edgesOfFiles(sql, scope);
  if (!edges.begins && !edges.ends) return null;
  const extents = await extentsOfDay(sql, scope);
  const covered = {
    startMs: edges.begins ? Math.min(...extents.map(({ firstMs }) => firstMs)) : scope.interval.startMs,
    endMs: edges.ends ? Math.max(...extents.map(({ endMs }) => endMs)) : scope.interval.endMs,
  };
  const points = isGridded(dataset)
    ? expectedPoints * shareOf(intervalStarts(dataset, scope.day), covered)
    : extents.reduce((sum, extent) => sum + countIn(covered, scope.interval, extent), 0);
  return points <= presentPoints ? points : null;
}

function shareOf(starts: readonly number[], { startMs, endMs }: Interval): number {
  return starts.filter((ms) => ms >= startMs && ms < endMs).length / starts.length;
}

/** How many points a series has in a part of the day if none is missing. */
function countIn(part: Interval, day: Interval, { offsetMs, stepMs }: SeriesExtent): number {
  const before = (ms: number) => Math.max(0, Math.ceil((ms - day.startMs - offsetMs) / stepMs));
  return before(part.endMs) - before(part.startMs);
}
