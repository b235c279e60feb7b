/** Loads the past month of all further datasets in the background, one after the other. */
import { connectTemporal } from '../temporal/connection.ts';
import { pollUnlessPaused } from '../temporal/schedules.ts';
import { type DaysToLoad, loadQuietly, type ProcessWish } from './processes.ts';

interface HowToLoad {
  /** Ends the loading early: what was begun continues with the next start. */
  readonly stopping: AbortSignal;
  readonly temporal: Parameters<typeof connectTemporal>[0];
}

/**
 * Resolves when all are loaded or `stopping` is aborted. One at a time, so that live days do not wait behind hundreds of
 * requests; each dataset is polled as soon as it is loaded.
 */
export async function loadRest(
  wish: Pick<ProcessWish, 'settings' | 'report'>,
  rest: readonly DaysToLoad[],
  { stopping, temporal }: HowToLoad,
): Promise<void> {
  const { report } = wish;
  if (rest.length === 0) return;
  report(`Loading the past month of ${rest.length} more datasets; everything works meanwhile.`);
  for (const [before, days] of rest.entries()) {
    const isComplete = await loadQuietly(wish, days, stopping);
    if (stopping.aborted) return;
    await poll(temporal, days, report);
    const rather = isComplete ? '' : `; some days are not complete ("npx tidemark days ${days.dataset}")`;
    report(`Loaded ${before + 1} of ${rest.length} more datasets: ${days.dataset}${rather}.`);
  }
}

/** A failure is only reported: the schedule polls at its next tick. */
async function poll(
  target: HowToLoad['temporal'],
  { dataset }: DaysToLoad,
  report: ProcessWish['report'],
): Promise<void> {
  try {
    const temporal = await connectTemporal(target);
    await pollUnlessPaused(temporal, dataset).finally(() => temporal.close());
  } catch (error) {
    report(`${dataset} is polled at the next tick of its schedule, not now: ${(error as Error).message}`);
  }
}
