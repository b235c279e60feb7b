/** Days selected for a re-run, as they stand now: state, why the last attempt failed, and the latest run. */

import type { DayState } from '../../../domain/days/ledger.ts';
import { isMeant, type RerunChoice } from '../../../domain/days/rerun.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { ledgerRange } from './ledger.ts';
import { latestRuns, type RunFacts } from './runs.ts';

export interface ChosenDay {
  readonly day: CivilDay;
  /** Null without a row in the ledger. */
  readonly state: DayState | null;
  /** Why the last attempt failed; null when it did not. */
  readonly lastError: string | null;
  /** The latest run so far. */
  readonly before: RunFacts | null;
}

/** The days that a choice selects, ascending. */
export async function chosenDays(sql: Sql, dataset: string, choice: RerunChoice): Promise<ChosenDay[]> {
  const [first = '', last = ''] = [choice.days[0], choice.days.at(-1)];
  const rows = new Map((await ledgerRange(sql, dataset, first, last)).map((row) => [row.day, row]));
  const meant = choice.days.filter((day) => isMeant(choice, rows.get(day)?.state));
  const runs = await latestRuns(sql, dataset, meant);
  return meant.map((day) => {
    const { state = null, error = null } = rows.get(day) ?? {};
    return { day, state, lastError: error, before: runs.get(day) ?? null };
  });
}
