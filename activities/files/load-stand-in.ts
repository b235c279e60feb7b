/**
 * Loads a file that stands in for a source: its lines become payloads of the parts of their units, each day folded in one transaction. A
 * few days at a time, so that memory does not grow with the file. Known lines change nothing: a lost attempt simply starts again.
 */
import { Context } from '@temporalio/activity';
import { type Sql, transaction } from '../../db/connection/client.ts';
import { lockDay } from '../../db/queries/days/ledger.ts';
import { insertWrittenRange, type StoredLoad } from '../../db/queries/files/loads.ts';
import { bodyOf, packBody } from '../../db/queries/payloads/payload-body.ts';
import {
  insertPayload,
  latestPayload,
  loadPayload,
  touchPayload,
} from '../../db/queries/payloads/payloads.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { type StandIn, standInPart } from '../../domain/dataset/stand-in.ts';
import { addLoaded, type LoadedRange, NOTHING_LOADED } from '../../domain/files/load.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { foldUnit } from '../fold/fold-unit.ts';
import { interpretStored } from '../fold/interpret-stored.ts';
import { ensureSeries } from '../fold/point-columns.ts';
import { settingsOf } from '../ingest/source-settings.ts';
import { fileChanged } from './chunks.ts';
import { type DayLines, SortedLines } from './sorted-lines.ts';

/** About how many lines are held in memory at once; a day is never split. */
const MOST_LINES = 200_000;

/** @throws Failure FILE_CHANGED */
export async function loadStandIn(
  deps: Dependencies,
  dataset: PulledPoints,
  standIn: StandIn,
  load: StoredLoad,
): Promise<LoadedRange> {
  const sorted = new SortedLines(dataset, standIn, settingsOf(deps, dataset.source), load.location);
  const { days, sha256 } = await sorted.count().catch((error: Error) => {
    throw new Failure('FILE_CHANGED', `${load.location} cannot be read by this worker: ${error.message}`);
  });
  if (!sha256.equals(load.sha256)) throw fileChanged(load.location, 'has other bytes');
  let loaded: LoadedRange = { ...NOTHING_LOADED, lines: load.lines };
  for (const group of groupsOf(days)) {
    for (const lines of await sorted.read(group)) {
      Context.current().cancellationSignal.throwIfAborted();
      loaded = addLoaded(loaded, await loadDay(deps, dataset, standIn, load, lines));
    }
  }
  await transaction(deps.database, (sql) => insertWrittenRange(sql, load.loadId, 0, loaded));
  return loaded;
}

/** Days in order, grouped by how many lines fit in memory. */
function groupsOf(days: ReadonlyMap<CivilDay, number>): CivilDay[][] {
  const groups: CivilDay[][] = [];
  let room = 0;
  for (const [day, lines] of [...days].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (groups.length === 0 || lines > room) {
      groups.push([]);
      room = MOST_LINES;
    }
    groups.at(-1)?.push(day);
    room -= lines;
  }
  return groups;
}

async function loadDay(
  { database, clock }: Dependencies,
  dataset: PulledPoints,
  standIn: StandIn,
  load: StoredLoad,
  lines: DayLines,
): Promise<LoadedRange> {
  const { day } = lines;
  const now = clock.now();
  const fresh = await transaction(database, async (sql) => {
    await lockDay(sql, dataset.id, day);
    const ids: number[] = [];
    for (const [part, body] of lines.parts)
      ids.push(
        ...(await keepLines(sql, dataset, standIn, { load, day, part, body, header: lines.header, now })),
      );
    return ids;
  });
  // Each by itself and before the fold, as for payloads of a source (activities/ingest/validate-day.ts).
  for (const id of fresh) {
    const read = await interpretStored(database, dataset, await loadPayload(database, id));
    await ensureSeries(database, dataset, id, read.points, []);
  }
  return await transaction(database, async (sql) => {
    await lockDay(sql, dataset.id, day);
    // Even if nothing is new: a lost attempt may have stored lines without folding them.
    const { ledger, newPoints, revisedPoints, nulledPoints } = await foldUnit(sql, dataset, day, {});
    const moved = { newPoints, revisedPoints, nulledPoints };
    return { ...NOTHING_LOADED, ...moved, days: { [ledger.state]: 1 } };
  });
}

interface LinesOfPart {
  readonly load: StoredLoad;
  readonly day: CivilDay;
  readonly part: string;
  readonly header: string;
  readonly body: readonly string[];
  readonly now: Date;
}

/** @returns the payload created; none if the last one has the same bytes. */
async function keepLines(
  sql: Sql,
  { id: dataset }: PulledPoints,
  standIn: StandIn,
  { load, day, part: own, header, body, now }: LinesOfPart,
): Promise<number[]> {
  const part = standInPart(own, standIn.name);
  const last = await latestPayload(sql, dataset, day, part);
  const others = last ? await linesElsewhere(sql, standIn, load.name, header, last.id) : [];
  const packed = await packBody(Buffer.from(`${[header, ...others, ...body].join('\n')}\n`));
  if (last?.sha256.equals(packed.sha256)) {
    await touchPayload(sql, last.id, now);
    return [];
  }
  const from = { runId: null, batchResponseId: null, status: 200, url: load.name };
  const headers = { 'content-type': 'text/csv' };
  const { id } = await insertPayload(sql, {
    dataset,
    day,
    part,
    fetchedAt: now,
    ...packed,
    ...from,
    headers,
  });
  return [id];
}

/** What the last payload has from another file: a day on the boundary of two files is assembled from both. */
async function linesElsewhere(
  sql: Sql,
  standIn: StandIn,
  location: string,
  header: string,
  payloadId: number,
): Promise<string[]> {
  const { startMs, endMs } = standIn.covers(location);
  const [known, ...lines] = (await bodyOf(sql, await loadPayload(sql, payloadId))).toString().split('\n');
  // Lines with different columns cannot be combined.
  if (known !== header) return [];
  const place = standIn.sorter(header);
  return lines.filter((line) => {
    const at = place(line)?.startsAtMs;
    return at !== undefined && (at < startMs || at >= endMs);
  });
}
