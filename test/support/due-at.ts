/** What a poll has to find, worked out from the ledger without Temporal. */
import { requestedDays } from '../../db/queries/days/ledger.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { dueDays, pollingRange } from '../../domain/days/polling.ts';
import type { TestEnvironment } from './test-environment.ts';

/** The days that a poll has to find at an instant, newest first. */
export async function dueAt(
  { database }: TestEnvironment,
  dataset: PulledPoints,
  instant: string,
): Promise<string[]> {
  const nowMs = Date.parse(instant);
  const { from, to } = pollingRange(dataset, nowMs);
  const rows = await requestedDays(database, dataset.id, from, to);
  const known = rows.map((row) => ({ ...row, lastRequestedMs: row.lastRequestedAt?.getTime() ?? null }));
  return dueDays(dataset, known, nowMs);
}
