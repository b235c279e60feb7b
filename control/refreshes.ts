/** Asking for periods of a dataset of records now, beside what its schedule does. */
import type { CivilDay } from '../domain/civil-day.ts';
import type { Temporal } from './connection.ts';
import { runDay, type StartedDay } from './days.ts';
import { sideBySide } from './side-by-side.ts';

const LANES = 8;

/** Starts a run for each period, or joins the one that has it. */
export async function startRefresh(
  temporal: Temporal,
  dataset: string,
  periods: readonly CivilDay[],
): Promise<(StartedDay & { readonly period: CivilDay })[]> {
  return await sideBySide(periods, LANES, async (period) => ({
    period,
    ...(await runDay(temporal, { dataset, day: period, wait: false })),
  }));
}
