/**
 * The database's clock, as a process follows it: measured at start and every few seconds, and carried on between by the
 * machine's counter of time, which nobody sets. So every process dates what it does alike, whatever its own clock says.
 */
import { type Database, onlyRow, type Sql } from './client.ts';

const MEASURE_EVERY_MS = 5_000;
/** What clocks that are kept in time do not reach; a process further off says so. */
export const CLOCK_TOLERANCE_MS = 2_000;

export interface ClockWatch {
  /** After each measurement. @param aheadMs how far this process's own clock is ahead of the database's. */
  measured(aheadMs: number): void;
  /** The database's clock was set back. */
  setBack(byMs: number): void;
}

interface Anchor {
  readonly databaseMs: number;
  /** The machine's counter at that instant. */
  readonly counterMs: number;
}

export class DatabaseClock {
  readonly rate = 1;
  readonly #database: Sql;
  readonly #watch: ClockWatch;
  #anchor: Anchor | undefined;
  #lastMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #measuring: Promise<void> | undefined;

  private constructor(database: Sql, watch: ClockWatch) {
    this.#database = database;
    this.#watch = watch;
  }

  /** Measures once and goes on measuring until it is stopped. @throws what the database says when it does not answer. */
  static async follow(database: Database, watch: ClockWatch): Promise<DatabaseClock> {
    const clock = new DatabaseClock(database, watch);
    await clock.#measure();
    clock.#timer = setInterval(() => clock.#measureAgain(), MEASURE_EVERY_MS);
    // It must not keep a process that has finished.
    clock.#timer.unref();
    return clock;
  }

  /**
   * The database's time, in whole milliseconds, never later than it is there. Stands still, rather than to go back, where
   * a measurement finds it a little ahead; follows where the database's clock was set back by more.
   */
  now(): Date {
    const ms = Math.floor(this.#estimate(performance.now()));
    if (ms > this.#lastMs || this.#lastMs - ms > CLOCK_TOLERANCE_MS) this.#lastMs = ms;
    return new Date(this.#lastMs);
  }

  /** Measures no more. The last measurement may still be under way: it is waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#measuring;
  }

  /** While the database is away the last measurement counts. */
  #measureAgain(): void {
    this.#measuring ??= this.#measure()
      .catch(() => undefined)
      .finally(() => {
        this.#measuring = undefined;
      });
  }

  async #measure(): Promise<void> {
    const requestedMs = performance.now();
    const databaseMs = await readClock(this.#database);
    const ownMs = Date.now();
    const counterMs = performance.now();
    const travelMs = counterMs - requestedMs;
    // The database's clock now shows at least what it said, and at most so much more as the answer took.
    const before = this.#anchor && this.#estimate(counterMs);
    if (before === undefined || before < databaseMs || before > databaseMs + travelMs)
      this.#anchor = { databaseMs, counterMs };
    if (before !== undefined && before > databaseMs + travelMs + CLOCK_TOLERANCE_MS)
      this.#watch.setBack(before - databaseMs);
    this.#watch.measured(smallestDifference(ownMs - databaseMs, travelMs));
  }

  #estimate(counterMs: number): number {
    const { databaseMs, counterMs: atMs } = this.#anchor as Anchor;
    return databaseMs + counterMs - atMs;
  }
}

/** A difference that may be smaller by up to `travelMs`: the nearest to zero that it can be. */
export function smallestDifference(differenceMs: number, travelMs: number): number {
  if (differenceMs < 0) return differenceMs;
  return Math.max(0, differenceMs - travelMs);
}

async function readClock(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
  );
  return onlyRow(rows).ms;
}
