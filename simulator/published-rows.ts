// The rows of a window as published at an instant: the source's, without late or withdrawn ones, and with the numbers revised on request.
import { daysTouched } from './business-day.ts';
import type { Revision } from './fault-kind.ts';
import type { FaultSet } from './fault-set.ts';
import { wrong } from './input.ts';
import { mapValues, numberText, type Row, type RowSource, type TableRows, tableOf, utcText } from './rows.ts';
import { isOfTable, isSameTable } from './tables.ts';
import { isInside, type Window } from './window.ts';

/** Rows inside the window, ascending; none when nothing is published. */
export function publishedRows(table: TableRows, faults: FaultSet, window: Window, nowMs: number): Row[] {
  return daysTouched(window.fromMs, window.toMs)
    .flatMap((day) => dayRows(table, faults, day, nowMs))
    .filter(({ startsAtMs }) => isInside(window, startsAtMs));
}

/** Throws an InputError when the source has no such number on that day, published yet or not. */
export function checkRevision(
  source: Pick<RowSource, 'tables'>,
  { table, day, startsAtMs, border }: Revision,
): void {
  const found = tableOf(source, table);
  if (!found) throw wrong('table', table, `one of ${source.tables.map(({ name }) => name).join(', ')}`);
  const rows = found.rows(day, Number.POSITIVE_INFINITY);
  const row = rows.find((candidate) => candidate.startsAtMs === startsAtMs);
  if (rows.length === 0) throw wrong('day', day, 'a day that the simulator has');
  if (!row) throw wrong('starts_at', utcText(startsAtMs), `the start of a row of ${day}`);
  if (!row.text.includes(`"${border}"`)) throw wrong('border', border, `a border of ${day}`);
}

function dayRows(table: TableRows, faults: FaultSet, day: string, nowMs: number): readonly Row[] {
  const atMs = shownAtMs(table.name, faults, day, nowMs);
  return atMs === undefined ? [] : withRevisions(table, table.rows(day, atMs), faults, day, nowMs);
}

/**
 * The instant as of which a day of a table is shown: a day that is late by an hour shows now what it would have shown an hour ago.
 * Undefined if it was withdrawn.
 */
export function shownAtMs(name: string, faults: FaultSet, day: string, nowMs: number): number | undefined {
  const changes = faults
    .standing('publication')
    .filter((change) => change.table === undefined || isOfTable(name, change.table))
    .filter((change) => change.day === undefined || change.day === day)
    .map(({ effect }) => effect);
  if (changes.some(({ withdrawnAtMs }) => withdrawnAtMs <= nowMs)) return undefined;
  return nowMs - changes.reduce((sum, change) => sum + change.lateMs, 0);
}

function withRevisions(
  { name }: TableRows,
  rows: readonly Row[],
  faults: FaultSet,
  day: string,
  nowMs: number,
): readonly Row[] {
  const revisions = faults
    .standing('revision')
    .map(({ effect }) => effect)
    .filter(
      (revision) => isSameTable(revision.table, name) && revision.day === day && revision.atMs <= nowMs,
    );
  return revisions.reduce((all, revision) => all.map((row) => revised(row, revision)), rows);
}

function revised(row: Row, { startsAtMs, border, valueMw }: Revision): Row {
  if (row.startsAtMs !== startsAtMs) return row;
  return mapValues(row, (key, text) => (key === border ? numberText(valueMw) : text));
}
