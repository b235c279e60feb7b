/**
 * The pieces from which a bucket can be computed in a dataset with rollups: whole delivery days, UTC hours, and single points where it is
 * cut between them. An hour in which a day begins has a rollup for each of the two days. Pure.
 */
import { addDays, dayAt, dayInterval, type Interval } from './civil-day.ts';

export type Base = 'days' | 'hours' | 'points';

export interface Piece extends Interval {
  readonly base: Base;
}

const HOUR_MS = 3_600_000;
/** No day is shorter. */
const SHORTEST_DAY_MS = 20 * HOUR_MS;

/** Makes adjacent pieces of a bucket. @param timeZone of the delivery days. */
export function pieceMaker(timeZone: string): (bucket: Interval) => Piece[] {
  const startOf = dayStarts(timeZone);
  const isEdge = (ms: number) => ms % HOUR_MS === 0 || startOf(ms) === ms;
  const withoutDays = (startMs: number, endMs: number): Piece[] => {
    const from = isEdge(startMs) ? startMs : Math.ceil(startMs / HOUR_MS) * HOUR_MS;
    const to = isEdge(endMs) ? endMs : Math.floor(endMs / HOUR_MS) * HOUR_MS;
    if (from >= to) return piece('points', startMs, endMs);
    return [...piece('points', startMs, from), ...piece('hours', from, to), ...piece('points', to, endMs)];
  };
  return ({ startMs, endMs }) => {
    if (endMs - startMs < HOUR_MS) return piece('points', startMs, endMs);
    if (endMs - startMs < SHORTEST_DAY_MS) return withoutDays(startMs, endMs);
    const within = startOf(startMs);
    const firstMs = within === startMs ? startMs : nextStart(within, timeZone);
    const lastMs = startOf(endMs);
    if (firstMs >= lastMs) return withoutDays(startMs, endMs);
    return [
      ...withoutDays(startMs, firstMs),
      ...piece('days', firstMs, lastMs),
      ...withoutDays(lastMs, endMs),
    ];
  };
}

function piece(base: Base, startMs: number, endMs: number): Piece[] {
  return startMs < endMs ? [{ base, startMs, endMs }] : [];
}

/** The start of the day of an instant. Adjacent buckets share a boundary: the last result is cached. */
function dayStarts(timeZone: string): (ms: number) => number {
  let cachedMs = Number.NaN;
  let answer = Number.NaN;
  return (ms) => {
    if (ms !== cachedMs) answer = dayInterval(dayAt(ms, timeZone), timeZone).startMs;
    cachedMs = ms;
    return answer;
  };
}

function nextStart(startMs: number, timeZone: string): number {
  return dayInterval(addDays(dayAt(startMs, timeZone), 1), timeZone).startMs;
}

/** Adds pieces, merging adjacent ones with the same base. */
export function addPieces(joined: Piece[], pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last?.base === piece.base && last.endMs === piece.startMs)
      joined[joined.length - 1] = { ...last, endMs: piece.endMs };
    else joined.push(piece);
  }
}
