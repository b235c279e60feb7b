/** Does many things with a server, a few at a time: thousands of requests at once would only wait for each other. */

/** The results in the order of the items. @throws the first error; what has begun by then goes on. */
export async function concurrently<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async () => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
