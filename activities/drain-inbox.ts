/**
 * Activity `drainInbox`: moves what was sent from the inbox into payloads and records, piece by piece. A piece leaves the inbox in the
 * transaction that folds it, so that a killed worker neither loses nor doubles a line. Returns now and then, when the worker
 * wants to stop, and when it is told to by the workflow's end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { transaction } from '../db/client.ts';
import { oldestEntries, removeEntries } from '../db/queries/inbox.ts';
import type { DrainedInbox, DrainInboxInput } from '../domain/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { foldLines, type LineDataset, ofLines } from './fold-lines.ts';
import { LineSorter } from './sort-lines.ts';
import { temporalActivity } from './temporal-activity.ts';

/** Large enough that the work beside the lines does not count, small enough to be seen within a second. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** How long one activity goes on, so that its history tells how it goes. */
const SHIFT_MS = 60_000;
const PAUSE_MS = 100;

type Needs = Pick<Dependencies, 'catalog' | 'database' | 'clock' | 'isStopping'>;

export function createDrainInbox(needs: Needs): (input: DrainInboxInput) => Promise<DrainedInbox> {
  const { catalog, isStopping = () => false } = needs;
  return temporalActivity(async ({ dataset: id }) => {
    const dataset = ofLines(catalog.find(id));
    const signal = cancellationSignal();
    const untilMs = performance.now() + SHIFT_MS;
    const total = { lines: 0, payloads: 0, heldBack: 0 };
    while (performance.now() < untilMs && !isStopping() && !signal.aborted) {
      const { lines, payloads, heldBack } = await drainPiece(needs, dataset);
      total.lines += lines;
      total.payloads += payloads;
      total.heldBack += heldBack;
      if (lines === 0) await sleep(PAUSE_MS);
    }
    return { dataset: id, ...total };
  });
}

/** One piece: nothing when the inbox is empty. */
export async function drainPiece(
  { database, clock }: Pick<Needs, 'database' | 'clock'>,
  dataset: LineDataset,
): Promise<Omit<DrainedInbox, 'dataset'>> {
  return await transaction(database, async (sql) => {
    const entries = await oldestEntries(sql, dataset.id, PIECE_BYTES);
    if (entries.length === 0) return { lines: 0, payloads: 0, heldBack: 0 };
    const now = clock.now();
    const sorter = new LineSorter(dataset, now.getTime());
    let lines = 0;
    for (const { bytes } of entries) lines += sorter.add(bytes);
    const keys = [...new Set(entries.flatMap(({ keyId }) => keyId ?? []))].toSorted().join();
    const about = { url: 'inbox', headers: keys === '' ? {} : { 'tidemark-keys': keys } };
    const { payloads, heldBack } = await foldLines(sql, dataset, sorter, now, about);
    await removeEntries(
      sql,
      entries.map(({ id }) => id),
    );
    return { lines, payloads, heldBack };
  });
}
