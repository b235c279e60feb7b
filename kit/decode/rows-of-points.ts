/** Points into rows of named cells, the reverse of `points-of-rows.ts`: for examples. Pure. */
import type { About, ExamplePoint } from './decoder.ts';
import { isLong, type TableForm } from './points-of-rows.ts';

/** @param cellOf how a value is written */
export function rowsOfPoints(
  points: readonly ExamplePoint[],
  form: TableForm,
  about: About,
  cellOf: (value: number | null) => unknown,
): Record<string, unknown>[] {
  const { column, dayColumn, write, writeDay } = form.time;
  const timeCells = (ms: number) => ({
    [column]: write(ms, about),
    ...(dayColumn === undefined ? {} : { [dayColumn]: writeDay?.(ms) }),
  });
  if (isLong(form))
    return points.map(({ series, startsAtMs, value }) => ({
      ...timeCells(startsAtMs),
      [form.series]: series,
      [form.value]: cellOf(value),
    }));
  const rows = new Map<number, Record<string, unknown>>();
  for (const { series, startsAtMs, value } of points) {
    const row: Record<string, unknown> = rows.get(startsAtMs) ?? timeCells(startsAtMs);
    row[series] = cellOf(value);
    rows.set(startsAtMs, row);
  }
  return [...rows.values()];
}

/** This many series names of a table: first those of its form, then made-up ones. */
export function namesOf(form: TableForm, count: number): string[] {
  const known = isLong(form) || form.columns === 'others' ? ['series_'] : form.columns;
  const isWhole = (i: number) => i < known.length && !known[i]?.endsWith('_');
  return Array.from({ length: count }, (_, i) => `${known[i % known.length]}${isWhole(i) ? '' : i + 1}`);
}
