/**
 * Activity `drainInbox`: moves lines from the inbox into payloads and records, piece by piece. A piece leaves the inbox first of all in the
 * transaction that folds it, so that a killed worker neither loses nor doubles a line, and one that stood still folds none that another
 * has folded since. Returns when no lines have come for some seconds, after a
 * minute, when the worker shuts down, and when the workflow's end cancels it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { transaction } from '../../db/connection/client.ts';
import { type InboxEntry, takeOldest } from '../../db/queries/payloads/inbox.ts';
import type { DrainedInbox, DrainInboxInput } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { foldLines, ofLines } from './fold-lines.ts';
import { type LineDataset, LineSorter, splitHeader } from './sort-lines.ts';

/** Large enough that the overhead per piece does not matter, small enough to be visible within a second. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** How long one activity runs, so that the history shows its progress. */
const SHIFT_MS = 60_000;
/** Longer than between two wake-ups (`api/records/wake-drain.ts`): a stream of lines is drained without starting anew. */
const LINGER_MS = 5_000;
const PAUSE_MS = 100;

type Needs = Pick<Dependencies, 'catalog' | 'database' | 'clock' | 'isStopping' | 'retryRules'>;

export function createDrainInbox(needs: Needs): (input: DrainInboxInput) => Promise<DrainedInbox> {
  const { catalog, isStopping = () => false, retryRules } = needs;
  return temporalActivity(async ({ dataset: id }) => {
    const dataset = ofLines(catalog.find(id));
    const signal = cancellationSignal();
    const untilMs = performance.now() + SHIFT_MS;
    let lingerMs = performance.now() + LINGER_MS;
    const total = { lines: 0, payloads: 0, quarantined: 0 };
    while (performance.now() < Math.min(untilMs, lingerMs) && !isStopping() && !signal.aborted) {
      const { lines, payloads, quarantined } = await drainPiece(needs, dataset);
      total.lines += lines;
      total.payloads += payloads;
      total.quarantined += quarantined;
      if (lines === 0) await sleep(PAUSE_MS);
      else lingerMs = performance.now() + LINGER_MS;
    }
    return { dataset: id, ...total };
  }, retryRules);
}

/** One piece: does nothing when the inbox is empty. */
export async function drainPiece(
  { database, clock }: Pick<Needs, 'database' | 'clock'>,
  dataset: LineDataset,
): Promise<Omit<DrainedInbox, 'dataset'>> {
  return await transaction(database, async (sql) => {
    const entries = await takeOldest(sql, dataset.id, PIECE_BYTES);
    if (entries.length === 0) return { lines: 0, payloads: 0, quarantined: 0 };
    const now = clock.now();
    const keys = [...new Set(entries.flatMap(({ keyId }) => keyId ?? []))].toSorted().join();
    const about = { url: 'inbox', headers: keys === '' ? {} : { 'tidemark-keys': keys } };
    const done = { lines: 0, payloads: 0, quarantined: 0 };
    for (const { sorter, lines } of sortersOf(dataset, entries, now)) {
      const { payloads, quarantined } = await foldLines(sql, dataset, sorter, now, about);
      done.lines += lines;
      done.payloads += payloads;
      done.quarantined += quarantined;
    }
    return done;
  });
}

interface Sorted {
  readonly sorter: LineSorter;
  lines: number;
}

/** In order; adjacent entries with the same columns, or of JSON, share a sorter. */
function sortersOf(dataset: LineDataset, entries: readonly InboxEntry[], now: Date): Sorted[] {
  const sorted: (Sorted & { readonly header: string | undefined })[] = [];
  for (const { bytes } of entries) {
    const { header, lines } = splitHeader(dataset.lines, bytes);
    let last = sorted.at(-1);
    if (!last || last.header !== header) {
      last = { header, sorter: new LineSorter(dataset, now.getTime(), header), lines: 0 };
      sorted.push(last);
    }
    last.lines += last.sorter.add(lines);
  }
  return sorted;
}
