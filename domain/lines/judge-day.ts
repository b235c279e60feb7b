/** Runs the checks of a dataset on a day of lines: columns in, columns out, however many points. */
import { effectiveOn } from '../dataset/facts.ts';
import { type FiledPoints, isGridded } from '../dataset/points.ts';
import type { Hit } from '../interpret/checks.ts';
import { judgePoints } from '../interpret/judge.ts';
import type { CivilDay } from '../time/civil-day.ts';
import { intervalStarts } from '../time/delivery-day.ts';
import { type GridPoints, show, without } from './arrange-on-grid.ts';
import type { DayFindings } from './day-findings.ts';
import type { SeriesRead } from './day-read.ts';

/** @param series on their grids, by name. */
export function judgeDay(
  dataset: FiledPoints,
  day: CivilDay,
  series: ReadonlyMap<string, GridPoints>,
  findings: DayFindings,
): SeriesRead[] {
  const unusable = new Map([...series].map(([name, { dropped }]) => [name, dropped]));
  const grid = isGridded(dataset)
    ? { starts: intervalStarts(dataset, day), expectedSeries: effectiveOn(dataset.expectedSeries, day).count }
    : { starts: [], expectedSeries: 0 };
  const input = { day, series, unusable, ...grid, repeatsYesterday: false };
  // Days of a file arrive together, in no order: the previous day as of then is unknown.
  const checks = (dataset.checks ?? []).filter(({ needs }) => !needs?.includes('yesterday'));
  const held = judgePoints(checks, input, ({ rule, severity }, hit) => {
    const at = placeOf(hit, series);
    findings.tell(rule, severity, at?.line ?? 0, () => ({ place: null, ...aboutOf(hit, at) }), hit.points);
  });
  return [...series].map(([name, points]) => readOf(name, points, held.get(name)));
}

function aboutOf({ points: _, ...hit }: Hit, at: ReturnType<typeof placeOf>) {
  return at ? { ...hit, place: `line ${at.line}`, raw: at.raw } : hit;
}

/** The line of the point that a hit names, and its raw value. */
function placeOf({ series: name, startsAtMs }: Hit, series: ReadonlyMap<string, GridPoints>) {
  const points = name === undefined ? undefined : series.get(name);
  const at = points && startsAtMs !== undefined ? indexOf(points.startsAtMs, startsAtMs) : -1;
  if (!points || at < 0) return undefined;
  return { line: points.lines[at] as number, raw: show(points.values[at] as number) };
}

/** In an ascending column; -1 where it is missing. */
function indexOf(column: Float64Array, wanted: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return column[low] === wanted ? low : -1;
}

function readOf(
  series: string,
  { startsAtMs, values, stepMs, establishedMs }: GridPoints,
  held: ReadonlySet<number> | undefined,
): SeriesRead {
  const places = held ? [...held].map((at) => indexOf(startsAtMs, at)).sort((a, b) => a - b) : [];
  const pick = (column: Float64Array) => Float64Array.from(places, (place) => column[place] as number);
  return {
    ...{ series, stepMs, establishedMs },
    ...{ startsAtMs: without(startsAtMs, places), values: without(values, places) },
    ...{ quarantinedStartsAtMs: pick(startsAtMs), quarantinedValues: pick(values) },
  };
}
