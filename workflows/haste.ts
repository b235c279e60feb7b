/** How urgent a run is. Whoever joins it may make it more so: a step that waits for its turn is then put before the less urgent. */
import { CancellationScope } from '@temporalio/workflow';
import type { Attempt, FetchedDay } from '../domain/workflow/messages.ts';
import type { Urgency } from '../domain/workflow/urgency.ts';
import { cancellationOf } from './failure.ts';
import { source } from './proxies.ts';

export class Haste {
  #urgency: Urgency;
  readonly #isKnown: boolean;
  readonly #waiting = new Set<CancellationScope>();

  /** @param isKnown whether the dataset is in the catalogue */
  constructor(urgency: Urgency, isKnown: boolean) {
    this.#urgency = urgency;
    this.#isKnown = isKnown;
  }

  raise(urgency: Urgency): void {
    if (urgency >= this.#urgency) return;
    this.#urgency = urgency;
    for (const scope of this.#waiting) scope.cancel();
  }

  /** Requests a day. An attempt that is waiting when the run becomes more urgent begins anew; one that is requesting ends first, and begins anew if it fails. */
  async fetchDay(attempt: Attempt, summary: string): Promise<FetchedDay> {
    for (;;) {
      const urgency = this.#urgency;
      const scope = new CancellationScope();
      this.#waiting.add(scope);
      try {
        const { fetchDay } = source(attempt.dataset, urgency, this.#isKnown);
        return await scope.run(() => fetchDay.executeWithOptions({ summary }, [{ ...attempt, urgency }]));
      } catch (error) {
        const isRunCancelled = CancellationScope.current().consideredCancelled;
        const cancelled = cancellationOf(error);
        if (!cancelled || isRunCancelled || this.#urgency === urgency) throw cancelled ?? error;
      } finally {
        this.#waiting.delete(scope);
      }
    }
  }
}
