/** The content of the lines of one day so far. */

import { effectiveOn } from '../dataset/facts.ts';
import { isGridded } from '../dataset/points.ts';
import type { FileRule } from '../interpret/rules.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { type ArrangedSeries, arrange, SeriesColumns } from './arrange.ts';
import { arrangeOnGrid, type DayFrame } from './arrange-on-grid.ts';
import { DayFindings } from './day-findings.ts';
import type { DayRead } from './day-read.ts';
import { judgeDay } from './judge-day.ts';
import type { Line } from './line-reader.ts';

/** Rules whose points are dropped and cannot be released. */
const REFUSING = [
  'unreadable_line',
  'unreadable_time',
  'unreadable_series',
  'unreadable_value',
  'out_of_order',
  'conflicting_duplicate',
  'off_grid',
] as const satisfies readonly FileRule[];

export class DayLines {
  lines = 0;
  readonly #findings = new DayFindings();
  /** By number of the series. */
  readonly #columns: (SeriesColumns | undefined)[] = [];
  #byteFrom = 0;
  #byteTo = 0;
  #firstLine = 0;
  #lastLine = 0;

  /** Counts a line once, however many values it has. */
  see(line: Line): void {
    if (line.number === this.#lastLine) return;
    if (this.lines === 0) {
      this.#byteFrom = line.byteFrom;
      this.#firstLine = line.number;
    }
    this.lines++;
    this.#lastLine = line.number;
    this.#byteTo = line.byteTo;
  }

  push(series: number, startsAtMs: number, value: number, line: number): void {
    (this.#columns[series] ?? this.#open(series)).push(startsAtMs, value, line);
  }

  /** A line, or a value in it, without a point. */
  refuse(line: Line, rule: FileRule, reason: string, series: string | null, startsAtMs: number | null): void {
    this.see(line);
    this.#findings.add(rule, line.number, () => ({ series, startsAtMs, raw: line.text(), reason }));
  }

  /** Judges the day. Once. */
  finish(frame: Omit<DayFrame, 'findings' | 'gridMs'>, day: CivilDay, names: readonly string[]): DayRead {
    const findings = this.#findings;
    const named = this.#byName(names).map(([name, columns]) => ({ name, columns, points: arrange(columns) }));
    this.#warn(named);
    const { dataset } = frame;
    const gridMs = isGridded(dataset) ? effectiveOn(dataset.resolution, day).minutes * 60_000 : null;
    const onGrid = named.map(
      ({ name, points }) => [name, arrangeOnGrid(name, points, { ...frame, gridMs, findings })] as const,
    );
    const series = judgeDay(dataset, day, new Map(onGrid), findings);
    const counts = REFUSING.map((rule) => [rule, findings.countOf(rule)] as const);
    return {
      ...{ day, startMs: frame.startMs },
      ...{ byteFrom: this.#byteFrom, byteTo: this.#byteTo, firstLine: this.#firstLine, lines: this.lines },
      ...{ series, findings: findings.list() },
      refused: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    };
  }

  #open(series: number): SeriesColumns {
    const columns = new SeriesColumns();
    while (this.#columns.length <= series) this.#columns.push(undefined);
    this.#columns[series] = columns;
    return columns;
  }

  /** By code units: the same everywhere, unlike a locale's order. */
  #byName(names: readonly string[]): (readonly [string, SeriesColumns])[] {
    return this.#columns
      .flatMap((columns, series) => (columns ? [[names[series] ?? '', columns] as const] : []))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #warn(series: readonly { readonly columns: SeriesColumns; readonly points: ArrangedSeries }[]): void {
    const unordered = series.filter(({ columns }) => columns.unordered > 0);
    const late = sum(unordered.map(({ columns }) => columns.unordered));
    this.#once(
      'unordered',
      late,
      Math.min(...unordered.map(({ columns }) => columns.unorderedLine)),
      'came after later ones',
    );
    const repeated = series.filter(({ points }) => points.repeated > 0);
    const twice = sum(repeated.map(({ points }) => points.repeated));
    this.#once(
      'duplicate',
      twice,
      Math.min(...repeated.map(({ points }) => points.repeatedLine)),
      'came twice with equal values',
    );
  }

  #once(rule: FileRule, points: number, line: number, what: string): void {
    if (points > 0) this.#findings.add(rule, line, () => ({ reason: `${points} points ${what}` }), points);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
