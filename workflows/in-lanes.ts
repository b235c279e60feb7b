/** Processes many items, some at a time: thousands at once would only wait for each other, and take all slots of the workers. */

const AT_ONCE = 4;

/** Processes the queue in order; emptying it ends the work early. Rejects with the first error. */
export async function inLanes<T>(
  queue: T[],
  work: (item: T) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<void> {
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
