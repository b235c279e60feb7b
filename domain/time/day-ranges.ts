/** Sets of days in readable form: consecutive days as one range. */
import { addDays, type CivilDay, eachDay } from './civil-day.ts';

/** `["2026-10-21..2026-10-30", "2026-11-03"]`, ascending. */
export function toRanges(days: Iterable<CivilDay>): string[] {
  const ranges: { from: CivilDay; to: CivilDay }[] = [];
  for (const day of [...new Set(days)].toSorted()) {
    const last = ranges.at(-1);
    if (last && addDays(last.to, 1) === day) last.to = day;
    else ranges.push({ from: day, to: day });
  }
  return ranges.map(({ from, to }) => (from === to ? from : `${from}..${to}`));
}

/** The days of such ranges, ascending. */
export function fromRanges(ranges: readonly string[]): CivilDay[] {
  return ranges.flatMap((range) => {
    const [from = '', to = from] = range.split('..');
    return eachDay(from, to);
  });
}
