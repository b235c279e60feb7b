/**
 * Activity `loadRange`: reads a range of a file and writes its days in one transaction, once for each step of the workflow.
 */
import { open } from 'node:fs/promises';
import { Context } from '@temporalio/activity';
import { type Sql, transaction } from '../../db/connection/client.ts';
import {
  insertParts,
  type KnownDay,
  knownDays,
  lockDays,
  makeChunks,
} from '../../db/queries/files/file-days.ts';
import { loadById, noteParts, type StoredLoad } from '../../db/queries/files/loads.ts';
import { touchPayload } from '../../db/queries/payloads/payloads.ts';
import { stepsOfDays } from '../../db/queries/points/day-rollups.ts';
import { isFiledPoints, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import {
  addLoaded,
  type DaysOfFile,
  type LoadedRange,
  type LoadRangeInput,
  NOTHING_LOADED,
} from '../../domain/files/load.ts';
import { assertSameStep, assertStep } from '../../domain/lines/fitting-step.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { foldUnit } from '../fold/fold-unit.ts';
import { ofLines } from '../lines/fold-lines.ts';
import { once, resultOfEarlier } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';
import { loadRecordsRange } from './load-records-range.ts';
import { hashParts, readRange } from './read-range.ts';
import { type DayToWrite, writeFreshDays } from './write-fresh-days.ts';

export function createLoadRange(deps: Dependencies): (input: LoadRangeInput) => Promise<LoadedRange> {
  const { catalog, database, retryRules } = deps;
  return temporalActivity(async (input, note) => {
    const load = await loadById(database, input.loadId);
    const dataset = catalog.find(load.dataset);
    const done = await resultOfEarlier<LoadedRange>(database);
    if (done) return done;
    if (isOfRecords(dataset)) return await loadRecordsRange(deps, ofLines(dataset), load, input);
    if (!isFiledPoints(dataset)) throw new Failure('BAD_INPUT', `${dataset.id} is not a dataset of files`);
    const days = await readDays(load, dataset, input, catalog.all.filter(isFiledPoints), note);
    await transaction(database, (sql) => makeChunks(sql, dataset.id, boundsOf(dataset, days)));
    return await once(database, (sql) => writeRange(sql, dataset, load, input, days));
  }, retryRules);
}

/** First and last instant of each day that has points. */
function boundsOf(dataset: FiledPoints, days: readonly DayToWrite[]): Date[] {
  const withPoints = days.filter(({ read }) => read.series.some(({ values }) => values.length > 0));
  return withPoints.flatMap(({ read }) => {
    const { startMs, endMs } = deliveryInterval(dataset, read.day);
    return [new Date(startMs), new Date(endMs - 1)];
  });
}

async function readDays(
  load: StoredLoad,
  dataset: FiledPoints,
  input: LoadRangeInput,
  others: readonly FiledPoints[],
  note: Record<string, number>,
): Promise<DayToWrite[]> {
  const context = Context.current();
  const handle = await open(load.location).catch((error: Error) => {
    throw new Failure('FILE_CHANGED', `${load.location} cannot be read by this worker: ${error.message}`);
  });
  try {
    const reached = (byte: number) => {
      note.byte = byte;
      context.cancellationSignal.throwIfAborted();
    };
    const range = input.range as DaysOfFile;
    const file = { location: load.location, form: load.form as FileForm };
    const days = await readRange(handle, file, dataset, { ...input, range }, reached);
    assertStep(days, { dataset, stated: input.resolutionSeconds, others });
    const hashes = await hashParts(handle, load, range, days);
    return days.map((read, n) => ({ read, sha256: hashes[n] as Buffer }));
  } finally {
    await handle.close();
  }
}

async function writeRange(
  sql: Sql,
  dataset: FiledPoints,
  load: StoredLoad,
  input: LoadRangeInput,
  days: readonly DayToWrite[],
): Promise<LoadedRange> {
  const range = input.range as DaysOfFile;
  const names = days.map(({ read }) => read.day);
  await lockDays(sql, dataset.id, names);
  const form = load.form as FileForm;
  const known = new Map((await knownDays(sql, dataset.id, names, form)).map((row) => [row.day, row]));
  const fresh = days.filter(({ read }) => !known.has(read.day));
  const others = days.filter(({ read }) => known.has(read.day));
  const stored = await stepsOfDays(
    sql,
    dataset.id,
    others.map(({ read }) => read.day),
  );
  assertSameStep(
    others.map(({ read }) => read),
    stored,
  );
  let loaded: LoadedRange = { ...NOTHING_LOADED, lines: days.reduce((sum, { read }) => sum + read.lines, 0) };
  for (const { read } of days) loaded = addLoaded(loaded, { ...NOTHING_LOADED, refused: read.refused });
  for (const day of others)
    loaded = addLoaded(
      loaded,
      await writeKnownDay(sql, dataset, load, range, day, known.get(day.read.day) as KnownDay),
    );
  // Last: from here on other writers wait for the end of the change feed.
  loaded = addLoaded(loaded, await writeFreshDays(sql, dataset, load, range, fresh, thisRun()));
  await noteParts(sql, load, names);
  return loaded;
}

/** A day with earlier payloads: its part of the file is folded like any later payload. */
async function writeKnownDay(
  sql: Sql,
  dataset: FiledPoints,
  load: StoredLoad,
  { firstDay, lastDay }: DaysOfFile,
  { read, sha256 }: DayToWrite,
  known: KnownDay,
): Promise<LoadedRange> {
  const points = read.series.reduce((sum, { values }) => sum + values.length, 0);
  if (known.payloadId !== null && known.sameForm && known.sha256?.equals(sha256)) {
    await touchPayload(sql, known.payloadId, load.registeredAt);
    return { ...NOTHING_LOADED, unchangedPoints: points, days: {} };
  }
  const { day, byteFrom, byteTo, firstLine } = read;
  const part = { day, byteFrom, byteTo, firstLine, sha256, folded: null };
  const about = { dataset: dataset.id, loadId: load.loadId, name: load.name, firstDay, lastDay };
  await insertParts(sql, about, load.registeredAt, dataset.decoderVersion, [part]);
  const { ledger, newPoints, revisedPoints, nulledPoints } = await foldUnit(sql, dataset, day, {
    requestedBy: thisRun(),
  });
  const unchangedPoints = Math.max(0, points - newPoints - revisedPoints - nulledPoints);
  const moved = { newPoints, revisedPoints, nulledPoints, unchangedPoints };
  return { ...NOTHING_LOADED, ...moved, days: { [ledger.state]: 1 } };
}
