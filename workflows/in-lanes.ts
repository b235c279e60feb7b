/** Work on many things, a few at a time: what waits for a quota must not take all places of the workers. */

const LANES = 4;

/** Takes the queue in its order; who empties it ends the work early. Rejects with the first that does. */
export async function inLanes<T>(queue: T[], work: (item: T) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
