/** Loads the past month of all further datasets in the background, one after the other. */
import { areFine } from '../domain/days/ledger.ts';
import { awaitResult } from '../temporal/await-result.ts';
import { startBackfill } from '../temporal/backfills.ts';
import { connectTemporal, type Temporal } from '../temporal/connection.ts';
import { errorMessageOf } from '../temporal/error-message.ts';
import { pollUnlessPaused } from '../temporal/schedules.ts';
import type { Report } from './machine/run-command.ts';
import type { DaysToLoad } from './processes.ts';

interface HowToLoad {
  /** Ends the loading early: what was begun continues with the next start. */
  readonly stopping: AbortSignal;
  readonly temporal: Parameters<typeof connectTemporal>[0];
  readonly report: Report;
}

/**
 * Resolves when all are loaded or `stopping` is aborted. One at a time, so that live days do not wait behind hundreds of
 * requests; each dataset is polled as soon as it is loaded.
 */
export async function loadRest(rest: readonly DaysToLoad[], how: HowToLoad): Promise<void> {
  const { stopping, report } = how;
  if (rest.length === 0) return;
  report(`Loading the past month of further datasets (${rest.length}); everything works meanwhile.`);
  try {
    const temporal = await connectTemporal(how.temporal);
    const all = temporal.client.withAbortSignal(stopping, () => loadEach(temporal, rest, how));
    await all.finally(() => temporal.close());
  } catch (error) {
    if (!stopping.aborted)
      report(`The other datasets are loaded with the next start, not now: ${messageOf(error)}`);
  }
}

async function loadEach(temporal: Temporal, rest: readonly DaysToLoad[], how: HowToLoad): Promise<void> {
  for (const [before, days] of rest.entries()) {
    const remark = await load(temporal, days, how);
    await poll(temporal, days, how);
    how.report(`Loaded ${before + 1} of ${rest.length}: ${days.dataset}${remark}.`);
  }
}

/** @returns what the report adds when the days are not all complete */
async function load(
  temporal: Temporal,
  days: DaysToLoad,
  { stopping: signal, report }: HowToLoad,
): Promise<string> {
  const onAway = () => report('Temporal does not answer; the loading goes on once it does.');
  try {
    // Started again after an outage: a backfill of these days that still runs is joined.
    const result = async () => (await startBackfill(temporal, days)).result();
    const { outcomes } = await awaitResult(result, { onAway, signal });
    return areFine(outcomes) ? '' : `; some days are not complete ("npx tidemark days ${days.dataset}")`;
  } catch (error) {
    if (signal.aborted) throw error;
    return `; its backfill did not end well: ${messageOf(error)}`;
  }
}

/** A failure is only reported: the schedule polls at its next tick. */
async function poll(temporal: Temporal, { dataset }: DaysToLoad, how: HowToLoad): Promise<void> {
  try {
    await pollUnlessPaused(temporal, dataset);
  } catch (error) {
    if (how.stopping.aborted) throw error;
    how.report(`${dataset} is polled at the next tick of its schedule, not now: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return errorMessageOf(error)?.reason ?? (error as Error).message;
}
