/** A sliding window over days: how backfills and rebuilds keep many days in progress. */
import type { CivilDay } from '../../domain/time/civil-day.ts';

/** Does every day, at most `concurrency` at once, in order. */
export async function slideOver(
  days: readonly CivilDay[],
  concurrency: number,
  work: (day: CivilDay) => Promise<void>,
): Promise<void> {
  const queue = [...days];
  const lane = async () => {
    for (let day = queue.shift(); day !== undefined; day = queue.shift()) await work(day);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}
