/** How far an erasure is, kept by the workflow `erasePerson`. Pure. */
import type { ErasedUnit, ErasurePlan, ErasureProgress, ErasureVerdict } from '../domain/messages.ts';

export class ErasureTally {
  #plan: ErasurePlan = { dataset: '', dryRun: false, units: [] };
  #done = 0;
  readonly #running = new Set<string>();
  #result: ErasureVerdict | null = null;

  planned(plan: ErasurePlan): void {
    this.#plan = plan;
  }

  /** All units are looked through, for the first time or again. */
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

  finished(result: ErasureVerdict): void {
    this.#result = result;
  }

  progress(): ErasureProgress {
    const { dataset, dryRun, units } = this.#plan;
    const result = this.#result;
    const verdict = result
      ? verdictOf(result, dryRun)
      : `${this.#done} of ${units.length} units looked through`;
    const running = [...this.#running];
    return { dataset, dryRun, total: units.length, done: this.#done, running, result, verdict };
  }
}

function verdictOf(result: ErasureVerdict, dryRun: boolean): string {
  const { payloadsRead, payloadsRewritten, linesRemoved, versionsRemoved, findingsRemoved, leftOver } =
    result;
  const what = `${linesRemoved} lines of ${payloadsRewritten} payloads, ${versionsRemoved} versions and ${findingsRemoved} findings`;
  if (dryRun) return `would erase ${what}; nothing changed`;
  const left = leftOver === 0 ? 'nothing is left' : `${leftOver} lines, versions or findings are LEFT OVER`;
  return `erased ${what}; ${payloadsRead} payloads were looked through again: ${left}`;
}
