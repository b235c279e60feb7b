/** Counts a backfill's days by outcome, for its query, its details in the Web UI and its verdict. */
import { type CivilDay, daysFrom } from '../domain/civil-day.ts';
import { fromRanges, toRanges } from '../domain/day-ranges.ts';
import { DAY_STATES, type DayState } from '../domain/ledger.ts';
import type { BackfillInput, BackfillProgress } from '../domain/messages.ts';

export interface CarriedTally {
  readonly total: number;
  readonly outcomes: BackfillProgress['outcomes'];
  readonly errors: BackfillProgress['errors'];
}

const ERRORS_SHOWN = 50;

export class BackfillTally {
  readonly #input: BackfillInput;
  readonly #total: number;
  readonly #running = new Set<CivilDay>();
  readonly #outcomes = new Map<DayState, Set<CivilDay>>();
  readonly #errors: Record<CivilDay, string>;

  private constructor(input: BackfillInput, { total, outcomes, errors }: CarriedTally) {
    this.#input = input;
    this.#total = total;
    this.#errors = { ...errors };
    for (const state of DAY_STATES) this.#outcomes.set(state, new Set(fromRanges(outcomes[state] ?? [])));
  }

  static begin(input: BackfillInput): BackfillTally {
    const total = daysFrom(input.from, input.to) + 1;
    return new BackfillTally(input, { total, outcomes: {}, errors: {} });
  }

  static resume(input: BackfillInput, carried: CarriedTally): BackfillTally {
    return new BackfillTally(input, carried);
  }

  carry(): CarriedTally {
    return { total: this.#total, outcomes: this.#ranges(), errors: this.#errors };
  }

  /** Days that were in a state before and are left alone. @param days as ranges. */
  wereBefore(state: DayState, days: readonly string[]): void {
    for (const day of fromRanges(days)) this.#outcomes.get(state)?.add(day);
  }

  begin(day: CivilDay): void {
    this.#running.add(day);
  }

  end(day: CivilDay, state: DayState, error?: string): void {
    this.#running.delete(day);
    this.#outcomes.get(state)?.add(day);
    if (error && Object.keys(this.#errors).length < ERRORS_SHOWN) this.#errors[day] = error;
  }

  progress(): BackfillProgress {
    const { dataset, from, to } = this.#input;
    return {
      dataset,
      from,
      to,
      total: this.#total,
      done: this.#done(),
      running: [...this.#running],
      outcomes: this.#ranges(),
      errors: this.#errors,
      verdict: this.#verdict(),
    };
  }

  /** Progress as the Web UI shows it. */
  describe(): string {
    const rows = [...this.#outcomes].filter(([, days]) => days.size > 0);
    const table = rows.map(
      ([state, days]) => `| ${state} | ${days.size} | ${toRanges(days).slice(0, 10).join(', ')} |`,
    );
    const errors = Object.entries(this.#errors).map(([day, error]) => `- ${day}: ${error}`);
    return [
      `**${this.#done()} of ${this.#total} days done**, ${this.#running.size} in progress`,
      ...(table.length > 0 ? ['', '| state | days | which |', '|---|---|---|', ...table] : []),
      ...(errors.length > 0 ? ['', ...errors.slice(0, 10)] : []),
    ].join('\n');
  }

  #done(): number {
    return [...this.#outcomes.values()].reduce((sum, days) => sum + days.size, 0);
  }

  #ranges(): BackfillProgress['outcomes'] {
    const filled = [...this.#outcomes].filter(([, days]) => days.size > 0);
    return Object.fromEntries(filled.map(([state, days]) => [state, toRanges(days)]));
  }

  #verdict(): string {
    const complete = this.#outcomes.get('complete')?.size ?? 0;
    const others = [...this.#outcomes]
      .filter(([state, days]) => state !== 'complete' && days.size > 0)
      .map(([state, days]) => `${days.size} ${state}`);
    return [`${complete} of ${this.#total} days complete`, ...others].join(', ');
  }
}
