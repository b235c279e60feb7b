/** How far an erasure is, kept by the workflow `erasePerson`. Pure. */
import type { ErasedUnit, ErasurePlan, ErasureProgress, ErasureResult } from '../domain/workflow/messages.ts';

export class ErasureTracker {
  #plan: ErasurePlan = { dataset: '', dryRun: false, units: [] };
  #done = 0;
  readonly #running = new Set<string>();
  #result: ErasureResult | null = null;

  planned(plan: ErasurePlan): void {
    this.#plan = plan;
  }

  /** All units are scanned, for the first time or again. */
  beginRound(): void {
    this.#done = 0;
  }

  begin(unit: string): void {
    this.#running.add(unit);
  }

  end({ unit }: ErasedUnit): void {
    this.#running.delete(unit);
    this.#done += 1;
  }

  finished(result: ErasureResult): void {
    this.#result = result;
  }

  progress(): ErasureProgress {
    const { dataset, dryRun, units } = this.#plan;
    const result = this.#result;
    const summary = result
      ? validationOf(result, dryRun)
      : `${this.#done} of ${units.length} units looked through`;
    const running = [...this.#running];
    return { dataset, dryRun, total: units.length, done: this.#done, running, result, summary };
  }
}

function validationOf(result: ErasureResult, dryRun: boolean): string {
  const { payloadsRead, payloadsRewritten, linesRemoved, versionsRemoved, findingsRemoved } = result;
  const what = `${linesRemoved} lines of ${payloadsRewritten} payloads, ${versionsRemoved} versions and ${findingsRemoved} findings`;
  const others = naming(result.linesNaming);
  if (dryRun) return `would erase ${what}; nothing changed; looked for: ${result.searchedFor}${others}`;
  const left =
    result.leftOver === 0 ? 'none' : `${result.leftOver} lines, versions or findings are LEFT OVER`;
  return `erased ${what}; looked through ${payloadsRead} payloads again for ${result.searchedFor}: ${left}${others}`;
}

/** They may be about another person: only a person can decide. */
function naming(lines: number): string {
  if (lines === 0) return '; no other line holds the id as a word';
  const which = lines === 1 ? '1 other line holds' : `${lines} other lines hold`;
  return `; ${which} the id as a word in another field and stay${lines === 1 ? 's' : ''}: --mention with the id takes such lines too`;
}
