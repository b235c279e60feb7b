// The rows of a window as they are published at an instant: the source's, less what is late or withdrawn, with the
// numbers that were revised on request.
import { daysTouched } from './business-day.ts';
import type { Revision } from './fault-kind.ts';
import type { FaultSet } from './fault-set.ts';
import { wrong } from './input.ts';
import type { RowSource } from './row-source.ts';
import { mapValues, numberText, type Row, utcText } from './rows.ts';
import { isInside, type Window } from './window.ts';

/** Rows inside the window, ascending; none when nothing is published. */
export function publishedRows(source: RowSource, faults: FaultSet, window: Window, nowMs: number): Row[] {
  return daysTouched(window.fromMs, window.toMs)
    .flatMap((day) => dayRows(source, faults, day, nowMs))
    .filter(({ startsAtMs }) => isInside(window, startsAtMs));
}

/** Throws an InputError when the source has no such number on that day, published yet or not. */
export function checkRevision(source: RowSource, { day, startsAtMs, border }: Revision): void {
  const rows = source.rows(day, Number.POSITIVE_INFINITY);
  const row = rows.find((candidate) => candidate.startsAtMs === startsAtMs);
  if (rows.length === 0) throw wrong('day', day, 'a day that the simulator has');
  if (!row) throw wrong('starts_at', utcText(startsAtMs), `the start of a row of ${day}`);
  if (!row.text.includes(`"${border}"`)) throw wrong('border', border, `a border of ${day}`);
}

function dayRows(source: RowSource, faults: FaultSet, day: string, nowMs: number): readonly Row[] {
  const changes = faults
    .standing('publication')
    .filter((change) => change.day === undefined || change.day === day)
    .map(({ effect }) => effect);
  if (changes.some(({ withdrawnAtMs }) => withdrawnAtMs <= nowMs)) return [];
  // A day that is late by an hour shows now what it would have shown an hour ago.
  const lateMs = changes.reduce((sum, change) => sum + change.lateMs, 0);
  return withRevisions(source.rows(day, nowMs - lateMs), faults, day, nowMs);
}

function withRevisions(rows: readonly Row[], faults: FaultSet, day: string, nowMs: number): readonly Row[] {
  const revisions = faults
    .standing('revision')
    .map(({ effect }) => effect)
    .filter((revision) => revision.day === day && revision.atMs <= nowMs);
  return revisions.reduce((all, revision) => all.map((row) => revised(row, revision)), rows);
}

function revised(row: Row, { startsAtMs, border, valueMw }: Revision): Row {
  if (row.startsAtMs !== startsAtMs) return row;
  return mapValues(row, (key, text) => (key === border ? numberText(valueMw) : text));
}
