/** Processes many items, a few at a time: work that waits for a quota must not take all slots of the workers. */

const LANES = 4;

/** Processes the queue in order; emptying it ends the work early. Rejects with the first error. */
export async function inLanes<T>(queue: T[], work: (item: T) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
