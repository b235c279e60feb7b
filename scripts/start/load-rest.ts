/** Loads the past month of all further datasets in the background. */
import { setMaxListeners } from 'node:events';
import { areFine } from '../../domain/days/ledger.ts';
import { awaitResult } from '../../temporal/await-result.ts';
import { startBackfill } from '../../temporal/backfills.ts';
import { connectTemporal, type Temporal } from '../../temporal/connection.ts';
import { errorMessageOf } from '../../temporal/error-message.ts';
import { resumeIfPausedFor } from '../../temporal/schedules.ts';
import type { Report } from './machine/run-command.ts';
import { LOADED_FIRST } from './prepare.ts';
import type { DaysToLoad } from './processes.ts';

export interface DaysOfSource extends DaysToLoad {
  readonly source: string;
}

interface HowToLoad {
  /** Ends the loading early: what was begun continues with the next start. */
  readonly stopping: AbortSignal;
  readonly temporal: Parameters<typeof connectTemporal>[0];
  readonly report: Report;
}

/**
 * Resolves when all are loaded or `stopping` is aborted. One at a time of each source, so that live days do not wait behind
 * hundreds of requests. Polling of a dataset begins as soon as it is loaded.
 */
export async function loadRest(rest: readonly DaysOfSource[], how: HowToLoad): Promise<void> {
  const { stopping, report } = how;
  if (rest.length === 0) return;
  // The client of Temporal adds a listener with each call.
  setMaxListeners(0, stopping);
  report(
    `Loading the past month of further datasets (${rest.length}), as fast as the quotas of their sources allow; everything works meanwhile.`,
  );
  try {
    const temporal = await connectTemporal(how.temporal);
    const all = temporal.client.withAbortSignal(stopping, () => loadAll(temporal, rest, how));
    await all.finally(() => temporal.close());
  } catch (error) {
    if (!stopping.aborted)
      report(`The other datasets are loaded with the next start, not now: ${messageOf(error)}`);
  }
}

async function loadAll(temporal: Temporal, rest: readonly DaysOfSource[], how: HowToLoad): Promise<void> {
  let loaded = 0;
  const sources = new Set(rest.map(({ source }) => source));
  const loadSource = async (name: string) => {
    for (const { source, ...days } of rest) {
      if (source !== name) continue;
      const remark = await load(temporal, days, how);
      await beginPolling(temporal, days, how);
      loaded += 1;
      how.report(`Loaded ${loaded} of ${rest.length}: ${days.dataset}${remark}.`);
    }
  };
  await Promise.all(Array.from(sources, loadSource));
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

/** A failure is only reported: the next start resumes the schedule. */
async function beginPolling(temporal: Temporal, { dataset }: DaysToLoad, how: HowToLoad): Promise<void> {
  try {
    await resumeIfPausedFor(LOADED_FIRST, temporal, dataset);
  } catch (error) {
    if (how.stopping.aborted) throw error;
    how.report(`${dataset} is polled from the next start on, not now: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return errorMessageOf(error)?.reason ?? (error as Error).message;
}
