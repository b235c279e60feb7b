/** Counts a backfill's days by outcome, for its query, its details in the Web UI and its summary. */
import type { BackfillInput, BackfillPlan, BackfillProgress } from '../../domain/backfill/backfill.ts';
import { DAY_STATES, type DayState, wordOf } from '../../domain/days/ledger.ts';
import { nextSteps } from '../../domain/days/next-steps.ts';
import { type CivilDay, daysFrom } from '../../domain/time/civil-day.ts';
import { fromRanges, toRanges } from '../../domain/time/day-ranges.ts';

export interface CarriedProgress {
  readonly total: number;
  readonly outcomes: BackfillProgress['outcomes'];
  readonly errors: BackfillProgress['errors'];
  readonly skipped?: BackfillProgress['skipped'];
  readonly rows?: number;
}

/** The part of the progress that is counted here. */
export type Tallied = Omit<
  BackfillProgress,
  'paused' | 'pausedItself' | 'concurrency' | 'order' | 'daysPerMinute' | 'minutesLeft'
>;

const ERRORS_SHOWN = 50;

export class BackfillTracker {
  readonly #input: BackfillInput;
  #total: number;
  #rows: number;
  #how: string | undefined;
  readonly #running = new Set<CivilDay>();
  readonly #outcomes = new Map<DayState, Set<CivilDay>>();
  readonly #errors: Record<CivilDay, string>;
  /** Days by the reason why a person skipped them. */
  readonly #skipped = new Map<string, Set<CivilDay>>();

  private constructor(
    input: BackfillInput,
    { total, outcomes, errors, skipped = {}, rows = 0 }: CarriedProgress,
  ) {
    this.#input = input;
    this.#total = total;
    this.#rows = rows;
    this.#errors = { ...errors };
    for (const state of DAY_STATES) this.#outcomes.set(state, new Set(fromRanges(outcomes[state] ?? [])));
    for (const [range, reason] of Object.entries(skipped)) this.skip(fromRanges([range]), reason);
  }

  static begin(input: BackfillInput): BackfillTracker {
    const total = daysFrom(input.from, input.to) + 1;
    return new BackfillTracker(input, { total, outcomes: {}, errors: {} });
  }

  static resume(input: BackfillInput, carried: CarriedProgress): BackfillTracker {
    return new BackfillTracker(input, carried);
  }

  carry(): CarriedProgress {
    const { outcomes, errors, skipped, rows } = this.progress();
    return { total: this.#total, outcomes, errors, skipped, rows };
  }

  /** Days that are left alone count as done, in their current state. */
  plan({ total, complete, absent = [], scheduled = [] }: BackfillPlan): void {
    this.#total = total ?? this.#total;
    const leftAlone = { complete, absent, scheduled };
    for (const [state, days] of Object.entries(leftAlone) as [DayState, readonly string[]][]) {
      for (const day of fromRanges(days)) this.#outcomes.get(state)?.add(day);
    }
  }

  get running(): readonly CivilDay[] {
    return [...this.#running];
  }

  begin(day: CivilDay): void {
    this.#running.add(day);
  }

  end(day: CivilDay, state: DayState, { rows = 0, error }: { rows?: number; error?: string } = {}): void {
    this.#running.delete(day);
    this.#outcomes.get(state)?.add(day);
    this.#rows += rows;
    if (error && Object.keys(this.#errors).length < ERRORS_SHOWN) this.#errors[day] = error;
  }

  /** A day that was started without a result, because the backfill was cancelled. */
  forget(day: CivilDay): void {
    this.#running.delete(day);
  }

  skip(days: readonly CivilDay[], reason: string): void {
    const before = this.#skipped.get(reason) ?? [];
    this.#skipped.set(reason, new Set([...before, ...days]));
  }

  /** @param how it ended, unless everything was done. */
  close(how: string): void {
    this.#how = how;
  }

  progress(): Tallied {
    const { dataset, from, to } = this.#input;
    return {
      dataset,
      from,
      to,
      total: this.#total,
      done: this.#done(),
      running: this.running,
      outcomes: this.#ranges(),
      errors: this.#errors,
      skipped: this.#skippedRanges(),
      rows: this.#rows,
      summary: this.#summary(),
      next: nextSteps(dataset, Object.fromEntries(this.#outcomes)),
    };
  }

  #done(): number {
    return [...this.#outcomes.values()].reduce((sum, days) => sum + days.size, 0);
  }

  #ranges(): BackfillProgress['outcomes'] {
    const filled = [...this.#outcomes].filter(([, days]) => days.size > 0);
    return Object.fromEntries(filled.map(([state, days]) => [state, toRanges(days)]));
  }

  #skippedRanges(): BackfillProgress['skipped'] {
    const entries = [...this.#skipped].flatMap(([reason, days]) =>
      toRanges(days).map((range) => [range, reason] as const),
    );
    return Object.fromEntries(entries);
  }

  #summary(): string {
    const complete = this.#outcomes.get('complete')?.size ?? 0;
    const others = [...this.#outcomes]
      .filter(([state, days]) => state !== 'complete' && days.size > 0)
      .map(([state, days]) => `${days.size} ${wordOf(state)}`);
    const skipped = [...this.#skipped.values()].reduce((sum, days) => sum + days.size, 0);
    const taken = skipped > 0 ? [`${skipped} taken out`] : [];
    const text = [`${complete} of ${this.#total} days complete`, ...others, ...taken].join(', ');
    return this.#how ? `${this.#how}: ${text}` : text;
  }
}
