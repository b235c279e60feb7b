/** When a day of points is due to be whole, and how much of it was due at an instant. */
import type { Sql } from '../../db/connection/client.ts';
import { holidaysAround } from '../../db/queries/days/holidays-around.ts';
import { inputsInProgress } from '../../db/queries/derived/units.ts';
import { isDerived, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { deadlineOf, deliveryInterval, dueShare } from '../../domain/time/delivery-day.ts';

export interface DueOfDay {
  /** From then on, missing points are missing; null if nothing of the day can still come in time. */
  readonly at: Date | null;
  /** Of its points, from 0 to 1. */
  readonly share: number;
}

/**
 * What is requested is due at its deadline, what is computed when its inputs are, and everything else when the day is over.
 * @param at when the day was last looked at.
 */
export async function dueOfDay(sql: Sql, dataset: PointDataset, day: CivilDay, at: Date): Promise<DueOfDay> {
  if (isDerived(dataset)) return await inputsInProgress(sql, dataset, day);
  const share = dueShare(dataset, day, at.getTime());
  if (!isPulledPoints(dataset)) return { at: new Date(deliveryInterval(dataset, day).endMs), share };
  const holidays = await holidaysAround(sql, dataset, day, at);
  return { at: new Date(deadlineOf(dataset, day, holidays)), share };
}
