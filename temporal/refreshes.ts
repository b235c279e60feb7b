/** Requesting periods of a dataset of records now, in addition to its schedule. */
import type { CivilDay } from '../domain/time/civil-day.ts';
import { concurrently } from './concurrently.ts';
import type { Temporal } from './connection.ts';
import { runDay, type StartedDay } from './days.ts';

const LANES = 8;

/** Starts a run for each period, or joins the period's current run. */
export async function startRefresh(
  temporal: Temporal,
  dataset: string,
  periods: readonly CivilDay[],
): Promise<(StartedDay & { readonly period: CivilDay })[]> {
  return await concurrently(periods, LANES, async (period) => ({
    period,
    ...(await runDay(temporal, { dataset, day: period, wait: false })),
  }));
}
