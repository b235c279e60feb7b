/**
 * A process's copy of the database's clock: measured at start and every few seconds, and advanced in between by the machine's monotonic
 * counter. So all processes date their work alike, whatever their own clocks say.
 */
import { type Database, onlyRow, type Sql } from './client.ts';

const MEASURE_EVERY_MS = 5_000;
/** Synchronised clocks stay within this; a process further off reports it. */
export const CLOCK_TOLERANCE_MS = 2_000;

interface ClockWatch {
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

  /** Measures once and repeatedly until it is stopped. @throws the database's error when it does not answer. */
  static async follow(database: Database, watch: ClockWatch): Promise<DatabaseClock> {
    const clock = new DatabaseClock(database, watch);
    await clock.#measure();
    clock.#timer = setInterval(() => clock.#measureAgain(), MEASURE_EVERY_MS);
    // The timer must not keep a finished process alive.
    clock.#timer.unref();
    return clock;
  }

  /**
   * The database's time, in whole milliseconds, never ahead of it. If a measurement shows that it is slightly ahead, it stands still rather
   * than go back; it follows if the database's clock was set back by more.
   */
  now(): Date {
    const ms = Math.floor(this.#estimate(performance.now()));
    if (ms > this.#lastMs || this.#lastMs - ms > CLOCK_TOLERANCE_MS) this.#lastMs = ms;
    return new Date(this.#lastMs);
  }

  /** Stops measuring, and waits for a measurement in progress. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#measuring;
  }

  /** While the database is down the last measurement counts. */
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
    // The database's clock is now at least at its answer, and at most ahead of it by the time the answer took.
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

/** A difference with an uncertainty of up to `travelMs`: the value nearest to zero. */
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

// Keeps the settled instant close to now while nothing is written, so that "as of now" can be queried.

const EVERY_MS = 1_000;

/**
 * Advances the settled instant each second until the pool ends. Keeps no process alive. Ignores a database that is down: nothing goes wrong
 * while the instant stands still, and it recovers by itself.
 */
export function keepSettled(database: Database): void {
  let isPending = false;
  const timer = setInterval(() => {
    if (database.ended) return clearInterval(timer);
    if (isPending) return;
    isPending = true;
    database
      .query('select ops.settle()')
      .catch(() => {})
      .finally(() => {
        isPending = false;
      });
  }, EVERY_MS);
  timer.unref();
}
