/**
 * What the lines of a day say, as bytes: two parts of files with equal bytes here say the same, whatever their form, order or
 * repetitions, and whatever our checks think of the values. Instants count from the start of the day.
 *
 * A text: per series its name and number of points, then what could not be used; and per series two columns of float64, least
 * byte first: instants, values. Published nulls are NaN.
 */
import type { Finding } from '../interpret/finding.ts';
import { FILE_RULES } from '../interpret/rules.ts';
import type { DayRead, SeriesRead } from './day-read.ts';

export function canonicalOf(read: DayRead): Uint8Array {
  const head = new TextEncoder().encode(headOf(read));
  const points = read.series.reduce((sum, each) => sum + countOf(each), 0);
  const bytes = new Uint8Array(head.length + 16 * points);
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  let at = head.length;
  for (const series of read.series) at = putSeries(view, at, series, read.startMs);
  return bytes;
}

function headOf({ series, findings, startMs }: DayRead): string {
  const names = series.map((each) => `${each.series}\t${countOf(each)}\n`);
  const unusable = findings.filter(isUnusable).map((found) => `${textOf(found, startMs)}\n`);
  return [...names, '\n', ...unusable.sort(), '\n'].join('');
}

/** Blocked and dropped, unlike points that a check of the dataset quarantines. */
function isUnusable({ severity, rule }: Finding): boolean {
  return severity === 'block' && rule in FILE_RULES;
}

function textOf({ series, startsAtMs, raw, points }: Finding, startMs: number): string {
  const offset = startsAtMs === null ? '' : startsAtMs - startMs;
  return `${series ?? ''}\t${offset}\t${points}\t${raw ?? ''}`;
}

function countOf({ startsAtMs, quarantinedStartsAtMs }: SeriesRead): number {
  return startsAtMs.length + quarantinedStartsAtMs.length;
}

function putSeries(view: DataView, from: number, series: SeriesRead, startMs: number): number {
  const { startsAtMs, values } = withHeld(series);
  let at = from;
  for (let i = 0; i < startsAtMs.length; i++, at += 8)
    view.setFloat64(at, (startsAtMs[i] as number) - startMs, true);
  for (let i = 0; i < values.length; i++, at += 8) view.setFloat64(at, values[i] as number, true);
  return at;
}

/** All points on the grid in order of time. */
function withHeld({ startsAtMs, values, quarantinedStartsAtMs, quarantinedValues }: SeriesRead) {
  if (quarantinedStartsAtMs.length === 0) return { startsAtMs, values };
  const count = startsAtMs.length + quarantinedStartsAtMs.length;
  const all = { startsAtMs: new Float64Array(count), values: new Float64Array(count) };
  for (let to = 0, good = 0, held = 0; to < count; to++) {
    // Past the end of a column the value is undefined, and no comparison with it holds.
    const isHeld = !(
      (startsAtMs[good] as number) < (quarantinedStartsAtMs[held] ?? Number.POSITIVE_INFINITY)
    );
    all.startsAtMs[to] = (isHeld ? quarantinedStartsAtMs[held] : startsAtMs[good]) as number;
    all.values[to] = (isHeld ? quarantinedValues[held++] : values[good++]) as number;
  }
  return all;
}
