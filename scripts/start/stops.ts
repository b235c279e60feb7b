/** Collects what must be stopped, and stops it in reverse order of its start, even if some of it fails. */

export class Stops {
  readonly #stops: { readonly name: string; stop(): Promise<void> }[] = [];
  #stopping: Promise<void> | undefined;
  #isOver = false;

  /** @param stop is called at once where everything else has been stopped already. */
  push(name: string, stop: () => Promise<void>): void {
    if (this.#isOver) void stop().catch(() => {});
    else this.#stops.push({ name, stop });
  }

  /** Stops everything, newest first; a part that cannot be stopped does not keep the others running. */
  stopAll(report: (line: string) => void): Promise<void> {
    this.#stopping ??= this.#stopInOrder(report);
    return this.#stopping;
  }

  async #stopInOrder(report: (line: string) => void): Promise<void> {
    for (let entry = this.#stops.pop(); entry; entry = this.#stops.pop()) {
      const { name, stop } = entry;
      await stop().catch((error: unknown) => report(`could not stop ${name}: ${String(error)}`));
    }
    this.#isOver = true;
  }
}

/** Resolves with the name of the first termination signal; further ones are ignored while the stop is under way. */
export function whenSignalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
}
