/** When a day of points is due to be whole, and how much of it was due at an instant. */
import type { Sql } from '../../db/connection/client.ts';
import { holidaysAround } from '../../db/queries/days/holidays-around.ts';
import { inputsInProgress } from '../../db/queries/derived/units.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import { isDerived, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { deadlineOf, dueShare } from '../../domain/time/delivery-day.ts';
import { type PointCounts, pointsInFiles } from './points-in-files.ts';

export interface DueOfDay {
  /** From then on, missing points are missing; null if nothing of the day can still come in time, or whenever it comes. */
  readonly at: Date | null;
  /** Of its points, from 0 to 1. */
  readonly share: number;
  /** Whether all that is missing lies before or after the files that were loaded. */
  readonly isInOtherFiles: boolean;
}

/**
 * What is requested is due at its deadline, what is computed when its inputs are, and everything else when the day is over. What lies before
 * or after all files of a day is in other files, which are due at no instant.
 * @param at when the day was last looked at.
 */
export async function dueOfDay(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  at: Date,
  counts: PointCounts,
): Promise<DueOfDay> {
  const { day, interval } = scope;
  if (isDerived(dataset)) return await inputsInProgress(sql, dataset, day);
  const covered = dataset.files ? await pointsInFiles(sql, dataset, scope, counts) : null;
  if (covered !== null) return { at: null, share: covered / counts.expectedPoints, isInOtherFiles: true };
  const share = dueShare(dataset, day, at.getTime());
  const inTime = { share, isInOtherFiles: false };
  if (!isPulledPoints(dataset)) return { ...inTime, at: new Date(interval.endMs) };
  const holidays = await holidaysAround(sql, dataset, day, at);
  return { ...inTime, at: new Date(deadlineOf(dataset, day, holidays)) };
}
