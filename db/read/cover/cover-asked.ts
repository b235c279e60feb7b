/** Coverage of what an answer was asked for: range, series, key and location, by the current ledger; for any kind of dataset. */

import { hasRollups, isOfRecords } from '../../../domain/dataset/dataset.ts';
import { isWithin, loadedOf } from '../../../domain/days/coverage.ts';
import { addDays, type CivilDay, type Interval } from '../../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../../domain/time/delivery-day.ts';
import type { Sql } from '../../connection/client.ts';
import {
  type AnswerState,
  daysKnownAt,
  type LedgerTotals,
  ledgerTotals,
} from '../../queries/answers/answer-state.ts';
import { countPoints, quarantinedPoints } from '../../queries/days/coverage.ts';
import { type LedgerRow, ledgerRange } from '../../queries/days/ledger.ts';
import { completenessOfDays } from '../../queries/points/day-rollups.ts';
import { earlier, isPointQuestion, type PointQuestion, type Question } from '../question.ts';
import { coverAreas } from './cover-areas.ts';
import { countAskedRecords } from './cover-asked-records.ts';
import { coverRange, isWhole } from './cover-range.ts';
import type { AskedCoverage } from './coverage-line.ts';
import { countUnits, type Units, unitsAsked } from './units-asked.ts';

/**
 * @param stated what the ledger says of the days of the question, or of all days; and the settled instant, which replaces an as-of that has
 * not settled yet.
 * @returns undefined for a gate, whose answers say it by the day.
 */
export async function coverAsked(
  sql: Sql,
  question: Question,
  { nowMs, stated }: { readonly nowMs: number; readonly stated: Promise<AnswerState> },
): Promise<AskedCoverage | undefined> {
  const { dataset, knowledge } = question;
  if (knowledge.kind === 'gates') return undefined;
  const units = unitsAsked(question);
  const days = countUnits(dataset, units);
  if (knowledge.kind === 'as-of') {
    const { settledAt } = await stated;
    const at = earlier(knowledge.at, settledAt);
    const known = await daysKnownAt(sql, dataset.id, units, at);
    const covered = { days: days?.all ?? known, loaded: loadedOf(known, days?.possible ?? known) };
    return await coverAreas(sql, question, { units, at, covered });
  }
  const totals = await totalsOf(sql, question, units, { nowMs, stated });
  const known = Object.values(totals.states).reduce((sum, count) => sum + count, 0);
  const all = days?.all ?? known;
  const covered = {
    days: all,
    loaded: loadedOf(totals.loadedDays, days?.possible ?? known),
    states: { ...totals.states, ...(known < all ? { none: all - known } : {}) },
    expected_points: totals.expectedPoints,
    present_points: totals.presentPoints,
    quarantined_points: totals.quarantinedPoints,
  };
  return await coverAreas(sql, question, { units, at: null, covered });
}

async function totalsOf(
  sql: Sql,
  question: Question,
  units: Units,
  { nowMs, stated }: { readonly nowMs: number; readonly stated: Promise<AnswerState> },
): Promise<LedgerTotals> {
  const { dataset, days } = question;
  if (isPointQuestion(question)) {
    const [totals, counted] = await Promise.all([stated, countAskedPoints(sql, question, nowMs)]);
    return { ...totals, ...counted };
  }
  if (!isOfRecords(dataset)) throw new Error(`${dataset.id} has points and no range`);
  const hasRange = units.first !== null || units.last !== null;
  const [totals, counted] = await Promise.all([
    hasRange && !days ? ledgerTotals(sql, dataset.id, units) : stated,
    countAskedRecords(sql, { ...question, dataset }, units),
  ]);
  return { ...totals, ...counted };
}

type Counts = Pick<LedgerTotals, 'expectedPoints' | 'presentPoints' | 'quarantinedPoints'>;

/** Undefined where they are those of whole days in the ledger. */
async function countAskedPoints(
  sql: Sql,
  { dataset, from, to, days, series }: PointQuestion,
  nowMs: number,
): Promise<Counts | undefined> {
  const within = { startMs: from.getTime(), endMs: to.getTime() };
  const touched = {
    startMs: deliveryInterval(dataset, days.first).startMs,
    endMs: deliveryInterval(dataset, days.last).endMs,
  };
  if (series === null && isWithin(touched, within)) return undefined;
  const rows = (await ledgerRange(sql, dataset.id, days.first, days.last)).filter((row) => !row.droppedAt);
  const names = series && [...new Set(series)];
  const [whole, covered, quarantined] = await Promise.all([
    countWholeDays(
      sql,
      { dataset, within, series: names },
      rows.filter(isWhole).map(({ day }) => day),
    ),
    coverGappy(
      sql,
      { dataset, within, series: names, nowMs },
      rows.filter((row) => !isWhole(row)),
    ),
    quarantinedPoints(sql, dataset.id, { ...days, from, to, names }),
  ]);
  return {
    expectedPoints: whole + covered.expected,
    presentPoints: whole + covered.present,
    quarantinedPoints: quarantined,
  };
}

interface Asked {
  readonly dataset: PointQuestion['dataset'];
  readonly within: Interval;
  readonly series: readonly string[] | null;
}

/** What is there of days that lack nothing: as much is expected. Rollups know it of a day that is asked for from its beginning to its end. */
async function countWholeDays(
  sql: Sql,
  { dataset, within, series }: Asked,
  days: readonly CivilDay[],
): Promise<number> {
  const [from] = days;
  const to = days.at(-1);
  if (from === undefined || to === undefined) return 0;
  if (!hasRollups(dataset)) return await countPoints(sql, dataset.id, within, days, series);
  const inside = new Set(days.filter((day) => isWithin(deliveryInterval(dataset, day), within)));
  const known = await completenessOfDays(sql, dataset.id, { from, to }, series);
  const edges = await countPoints(
    sql,
    dataset.id,
    within,
    days.filter((day) => !inside.has(day)),
    series,
  );
  return known.reduce((sum, { day, present }) => sum + (inside.has(day) ? present : 0), edges);
}

/** Days of the ledger that lack something, in runs of adjacent ones. */
async function coverGappy(
  sql: Sql,
  asked: Asked & { readonly nowMs: number },
  rows: readonly LedgerRow[],
): Promise<{ expected: number; present: number }> {
  const total = { expected: 0, present: 0 };
  for (const [from, to] of runsOf(rows.map(({ day }) => day))) {
    const range = { from, to, enoughGaps: Number.POSITIVE_INFINITY };
    const { expected, present } = await coverRange(sql, { ...asked, ...range });
    total.expected += expected;
    total.present += present;
  }
  return total;
}

function runsOf(days: readonly CivilDay[]): [CivilDay, CivilDay][] {
  const runs: [CivilDay, CivilDay][] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last && addDays(last[1], 1) === day) last[1] = day;
    else runs.push([day, day]);
  }
  return runs;
}
