/** Counts a rebuild's days and their differences, for its query, its details in the Web UI and its summary. */
import type { CivilDay } from '../domain/time/civil-day.ts';
import { list, paragraph, quoted, table } from '../domain/workflow/markdown.ts';
import type { RebuildInput, RebuildProgress, RebuiltDay } from '../domain/workflow/messages.ts';

export interface CarriedRebuild {
  readonly total: number;
  readonly done: number;
  readonly differing: number;
  readonly differences: readonly RebuiltDay[];
  readonly errors: RebuildProgress['errors'];
}

const DIFFERENCES_KEPT = 100;
const ERRORS_KEPT = 50;
const SHOWN = 10;
const NOTHING: CarriedRebuild = { total: 0, done: 0, differing: 0, differences: [], errors: {} };

export class RebuildTracker {
  readonly #input: RebuildInput;
  readonly #running = new Set<CivilDay>();
  readonly #differences: RebuiltDay[];
  readonly #errors: Record<CivilDay, string>;
  #total: number;
  #done: number;
  #differing: number;

  constructor(input: RebuildInput, carried = NOTHING) {
    this.#input = input;
    this.#differences = [...carried.differences];
    this.#errors = { ...carried.errors };
    this.#total = carried.total;
    this.#done = carried.done;
    this.#differing = carried.differing;
  }

  plan(total: number): void {
    this.#total = total;
  }

  begin(day: CivilDay): void {
    this.#running.add(day);
  }

  end(day: RebuiltDay): void {
    this.#running.delete(day.day);
    this.#done++;
    if (!isOtherwise(day)) return;
    this.#differing++;
    if (this.#differences.length < DIFFERENCES_KEPT) this.#differences.push(day);
  }

  fail(day: CivilDay, error: string): void {
    this.#running.delete(day);
    if (Object.keys(this.#errors).length < ERRORS_KEPT) this.#errors[day] = error;
  }

  carry(): CarriedRebuild {
    const { total, done, differing, differences, errors } = this.progress();
    return { total, done, differing, differences, errors };
  }

  progress(): RebuildProgress {
    const { dataset, from, to, dryRun = false } = this.#input;
    return {
      ...{ dataset, from, to, dryRun },
      total: this.#total,
      done: this.#done,
      running: [...this.#running],
      differing: this.#differing,
      differences: this.#differences.toSorted((a, b) => (a.day < b.day ? -1 : 1)),
      errors: this.#errors,
      summary: this.#summary(),
    };
  }

  /** Progress as the Web UI shows it. */
  describe(): string {
    const { differences, running, errors } = this.progress();
    const failed = Object.entries(errors).map(([day, error]) => `${day}: ${quoted(error)}`);
    return [
      `**${this.#summary()}**`,
      ...paragraph(running.length === 0 ? '' : `In progress: ${running.join(', ')}`),
      ...table(['day', 'state', 'values', 'versions', 'findings'], differences.slice(0, SHOWN).map(rowOf)),
      ...list('For example', differences.flatMap(({ examples }) => examples).slice(0, SHOWN)),
      ...list('Why days failed', failed.slice(0, SHOWN)),
    ].join('\n');
  }

  #summary(): string {
    const done = this.#input.dryRun ? 'looked at, nothing changed' : 'rebuilt';
    const would = this.#input.dryRun ? 'would differ' : 'differ';
    const failed = Object.keys(this.#errors).length;
    const parts = [`${this.#done} of ${this.#total} days ${done}`, `${this.#differing} ${would}`];
    return [...parts, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
  }
}

/** `2026-11-20: 3 values, 6 versions, 1 finding differ; partial becomes complete`. */
export function describeDifference({ counts, ...of }: RebuiltDay): string {
  const { day, before, after, values, versions, findings } = of;
  const ofLedger = counts > 0 ? `, ${counts} counts of the ledger` : '';
  const differing = `${values} values, ${versions} versions, ${findings} findings${ofLedger} differ`;
  return `${day}: ${differing}${before === after ? '' : `; ${before ?? 'unknown'} becomes ${after}`}`;
}

function rowOf({ day, before, after, values, versions, findings }: RebuiltDay): string[] {
  const state = before === after ? after : `${before ?? 'unknown'} becomes ${after}`;
  return [day, state, `${values}`, `${versions}`, `${findings}`];
}

function isOtherwise({ before, after, versions, findings, counts }: RebuiltDay): boolean {
  return before !== after || versions > 0 || findings > 0 || counts > 0;
}
