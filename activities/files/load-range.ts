/**
 * Activity `loadRange`: reads a range of a file and writes its days in one transaction. A range that is written already gives
 * what came of it: an attempt may have been gone before it could tell.
 */
import { open } from 'node:fs/promises';
import { Context } from '@temporalio/activity';
import { type Sql, transaction } from '../../db/client.ts';
import { insertParts, type KnownDay, knownDays, lockDays, makeChunks } from '../../db/queries/file-days.ts';
import { fileById, insertLoadedRange, loadedRange, type StoredFile } from '../../db/queries/files.ts';
import { touchPayload } from '../../db/queries/payloads.ts';
import { isFiled } from '../../domain/any-dataset.ts';
import { deliveryInterval } from '../../domain/delivery-day.ts';
import { Failure } from '../../domain/failures.ts';
import type { FileDataset } from '../../domain/file-dataset.ts';
import type { DayRead } from '../../domain/lines/day-read.ts';
import {
  addLoaded,
  type FileRange,
  type LoadedRange,
  type LoadRangeInput,
  NOTHING_LOADED,
} from '../../domain/load.ts';
import type { Dependencies } from '../dependencies.ts';
import { foldDay } from '../fold-day.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';
import { hashPart, readRange } from './read-range.ts';
import { type DayToWrite, writeFreshDays } from './write-fresh-days.ts';

export function createLoadRange({
  catalog,
  database,
  retryRules,
}: Dependencies): (input: LoadRangeInput) => Promise<LoadedRange> {
  return temporalActivity(async (input, note) => {
    const file = await fileById(database, input.fileId);
    const dataset = catalog.find(file.dataset);
    if (!isFiled(dataset)) throw new Failure('BAD_INPUT', `${dataset.id} is not a dataset of files`);
    const done = await loadedRange(database, file.id, input.range.byteFrom);
    if (done) return done;
    const days = await readDays(file, dataset, input, note);
    await transaction(database, (sql) => makeChunks(sql, dataset.id, boundsOf(dataset, days)));
    return await transaction(database, (sql) => writeRange(sql, dataset, file, input, days));
  }, retryRules);
}

/** First and last instant of each day that has points. */
function boundsOf(dataset: FileDataset, days: readonly DayToWrite[]): Date[] {
  const withPoints = days.filter(({ read }) => read.series.some(({ values }) => values.length > 0));
  return withPoints.flatMap(({ read }) => {
    const { startMs, endMs } = deliveryInterval(dataset, read.day);
    return [new Date(startMs), new Date(endMs - 1)];
  });
}

async function readDays(
  file: StoredFile,
  dataset: FileDataset,
  input: LoadRangeInput,
  note: Record<string, number>,
): Promise<DayToWrite[]> {
  const context = Context.current();
  const handle = await open(file.location).catch((error: Error) => {
    throw new Failure('FILE_CHANGED', `${file.location} cannot be read by this worker: ${error.message}`);
  });
  try {
    const heard = (byte: number) => {
      note.byte = byte;
      context.cancellationSignal.throwIfAborted();
    };
    const days = await readRange(handle, file, dataset, input, heard);
    assertResolution(days, input.resolutionSeconds);
    const parts: DayToWrite[] = [];
    for (const read of days) parts.push({ read, sha256: await hashPart(handle, read) });
    return parts;
  } finally {
    await handle.close();
  }
}

/** @throws Failure BAD_INPUT */
function assertResolution(days: readonly DayRead[], seconds: number | null): void {
  if (seconds === null) return;
  for (const { day, series } of days) {
    const other = series.find(
      ({ stepMs, startsAtMs }) => startsAtMs.length > 1 && stepMs !== seconds * 1_000,
    );
    if (!other) continue;
    const found = `${other.series} has a point every ${other.stepMs / 1_000} s on ${day}`;
    throw new Failure(
      'BAD_INPUT',
      `${found}, stated were ${seconds} s: leave --resolution out, or mend the file`,
    );
  }
}

async function writeRange(
  sql: Sql,
  dataset: FileDataset,
  file: StoredFile,
  { range }: LoadRangeInput,
  days: readonly DayToWrite[],
): Promise<LoadedRange> {
  const names = days.map(({ read }) => read.day);
  await lockDays(sql, dataset.id, names);
  const known = new Map((await knownDays(sql, dataset.id, names, file.id)).map((row) => [row.day, row]));
  const fresh = days.filter(({ read }) => !known.has(read.day));
  const others = days.filter(({ read }) => known.has(read.day));
  let loaded: LoadedRange = { ...NOTHING_LOADED, lines: days.reduce((sum, { read }) => sum + read.lines, 0) };
  for (const { read } of days) loaded = addLoaded(loaded, { ...NOTHING_LOADED, refused: read.refused });
  for (const day of others)
    loaded = addLoaded(
      loaded,
      await writeKnownDay(sql, dataset, file, range, day, known.get(day.read.day) as KnownDay),
    );
  // Last: from here on other writers wait for the end of the change feed.
  loaded = addLoaded(loaded, await writeFreshDays(sql, dataset, file, range, fresh, thisRun()));
  await insertLoadedRange(sql, file.id, range.byteFrom, loaded);
  return loaded;
}

/** A day of which something is known: its part of the file folds like any later payload. */
async function writeKnownDay(
  sql: Sql,
  dataset: FileDataset,
  file: StoredFile,
  { firstDay, lastDay }: FileRange,
  { read, sha256 }: DayToWrite,
  known: KnownDay,
): Promise<LoadedRange> {
  const points = read.series.reduce((sum, { values }) => sum + values.length, 0);
  if (known.payloadId !== null && known.sameForm && known.sha256?.equals(sha256)) {
    await touchPayload(sql, known.payloadId, file.registeredAt);
    return { ...NOTHING_LOADED, unchangedPoints: points, days: {} };
  }
  const { day, byteFrom, byteTo, firstLine } = read;
  const part = { day, byteFrom, byteTo, firstLine, sha256, folded: null };
  const about = { dataset: dataset.id, fileId: file.id, name: file.name, firstDay, lastDay };
  await insertParts(sql, about, file.registeredAt, dataset.decoderVersion, [part]);
  const { ledger, newPoints, revisedPoints, nulledPoints } = await foldDay(sql, dataset, day, {
    askedBy: thisRun(),
  });
  const unchangedPoints = Math.max(0, points - newPoints - revisedPoints - nulledPoints);
  const moved = { newPoints, revisedPoints, nulledPoints, unchangedPoints };
  return { ...NOTHING_LOADED, ...moved, days: { [ledger.state]: 1 } };
}
