/** What a backfill has still to start: pieces of work in order, single days or days that share one request. */
import type { Order } from '../../domain/backfill/backfill.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

/** Days that are started together. */
export interface Work {
  readonly days: readonly CivilDay[];
  readonly action: 'fetch' | 'rebuild';
}

export class BackfillQueue {
  #work: Work[];

  constructor(work: readonly Work[]) {
    this.#work = [...work];
  }

  /**
   * Whether the next piece may start.
   * @param room how many days may start now.
   * @param limit how many may be in progress at all: a larger piece is started in parts.
   */
  fits(room: number, limit: number): boolean {
    const [first] = this.#work;
    return first !== undefined && Math.min(first.days.length, limit) <= room;
  }

  /** Removes the next piece, or as many of its days as may be in progress. @throws RangeError when there is none. */
  shift(limit: number): Work {
    const first = this.#work.shift();
    if (!first) throw new RangeError('the queue is empty');
    const [now, later] = [first.days.slice(0, limit), first.days.slice(limit)];
    if (later.length > 0) this.#work.unshift({ days: later, action: first.action });
    return { days: now, action: first.action };
  }

  get isEmpty(): boolean {
    return this.#work.length === 0;
  }

  get days(): number {
    return this.#work.reduce((sum, { days }) => sum + days.length, 0);
  }

  has(day: CivilDay): boolean {
    return this.#work.some(({ days }) => days.includes(day));
  }

  take(out: readonly CivilDay[]): void {
    const gone = new Set(out);
    this.#work = this.#work
      .map(({ days, action }) => ({ days: days.filter((day) => !gone.has(day)), action }))
      .filter(({ days }) => days.length > 0);
  }

  reorder(order: Order): void {
    const sign = order === 'oldest' ? 1 : -1;
    const byDay = (a = '', b = '') => (a < b ? -sign : sign);
    this.#work = this.#work
      .map(({ days, action }) => ({ days: days.toSorted(byDay), action }))
      .sort((a, b) => byDay(a.days[0], b.days[0]));
  }

  rest(): readonly Work[] {
    return this.#work;
  }
}
