/**
 * Converts wall-clock times without a zone to instants. Most hours have one offset and cost a map lookup; the hours around a clock change
 * are resolved minute by minute.
 */
import { addDays, instantAt, instantsAt } from '../time/civil-day.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Cached offsets are dropped beyond this many hours: a file of random times must not fill the memory. */
const MOST_KEPT = 20_000;
const NEVER = Number.NEGATIVE_INFINITY;

export class WallClock {
  /** The last wall-clock time of each series. */
  readonly #last: number[] = [];
  /** How far it had advanced to that. */
  readonly #moved: number[] = [];
  readonly #isLater: boolean[] = [];
  readonly #hours = new Map<number, number>();
  readonly #minutes = new Map<number, readonly number[]>();
  readonly #zone: string;

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** What to subtract from the times of an hour, ms; NaN in an hour without a constant offset. */
  offsetOfHour(wallHourMs: number): number {
    let offset = this.#hours.get(wallHourMs);
    if (offset === undefined) {
      if (this.#hours.size > MOST_KEPT) this.#hours.clear();
      offset = this.#lookUpHour(wallHourMs);
      this.#hours.set(wallHourMs, offset);
    }
    return offset;
  }

  /** Records the position of a series, in hours with a constant offset. */
  pass(series: number, wallMs: number): void {
    while (this.#last.length <= series) this.#addSeries();
    this.#last[series] = wallMs;
  }

  /**
   * The instant of a time in an hour without a constant offset; NaN when there is no such time. Of two instants it is the earlier one,
   * until the time of the series goes back: then it is the later one.
   */
  resolve(series: number, wallMs: number): number {
    const minuteMs = Math.floor(wallMs / MINUTE_MS) * MINUTE_MS;
    const [earlier, later] = this.#instantsOf(minuteMs);
    if (earlier === undefined) return Number.NaN;
    while (this.#last.length <= series) this.#addSeries();
    const isLater = later !== undefined && this.#hasGoneBack(series, wallMs, later - earlier);
    this.#isLater[series] = isLater;
    this.#last[series] = wallMs;
    return (isLater ? later : earlier) + (wallMs - minuteMs);
  }

  #hasGoneBack(series: number, wallMs: number, overlapMs: number): boolean {
    const last = this.#last[series] ?? NEVER;
    const isNewDay = Math.floor(last / DAY_MS) !== Math.floor(wallMs / DAY_MS);
    if (isNewDay || last !== wallMs)
      this.#moved[series] = isNewDay ? Number.POSITIVE_INFINITY : wallMs - last;
    if (isNewDay) return false;
    if (wallMs < last) return true;
    // The same time again is a repetition, unless lines are as far apart as the clock is set back: hourly ones.
    if (wallMs === last) return this.#isLater[series] === true || (this.#moved[series] ?? 0) >= overlapMs;
    return this.#isLater[series] === true && this.#isTwofold(last);
  }

  #isTwofold(wallMs: number): boolean {
    return this.#instantsOf(Math.floor(wallMs / MINUTE_MS) * MINUTE_MS).length === 2;
  }

  #addSeries(): void {
    this.#last.push(NEVER);
    this.#moved.push(Number.POSITIVE_INFINITY);
    this.#isLater.push(false);
  }

  /** A day whose two neighbours have the same offset has it throughout. */
  #lookUpHour(wallHourMs: number): number {
    const day = new Date(wallHourMs).toISOString().slice(0, 10);
    const before = this.#offsetAt(addDays(day, -1));
    if (before === this.#offsetAt(addDays(day, 2))) return before;
    const first = this.#instantsOf(wallHourMs);
    const last = this.#instantsOf(wallHourMs + HOUR_MS - MINUTE_MS);
    const isSteady =
      first.length === 1 && last.length === 1 && (last[0] ?? 0) - (first[0] ?? 0) === HOUR_MS - MINUTE_MS;
    return isSteady ? wallHourMs - (first[0] ?? 0) : Number.NaN;
  }

  #offsetAt(day: string): number {
    return Date.parse(`${day}T00:00:00Z`) - instantAt(day, '00:00', this.#zone);
  }

  #instantsOf(wallMinuteMs: number): readonly number[] {
    let instants = this.#minutes.get(wallMinuteMs);
    if (!instants) {
      if (this.#minutes.size > MOST_KEPT) this.#minutes.clear();
      const iso = new Date(wallMinuteMs).toISOString();
      instants = instantsAt(iso.slice(0, 10), iso.slice(11, 16), this.#zone);
      this.#minutes.set(wallMinuteMs, instants);
    }
    return instants;
  }
}
