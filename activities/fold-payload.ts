/** Folds one payload into its day: interpret, compare with what was there, write, report. Part of the law of the fold. */

import type { Sql } from '../db/client.ts';
import type { Change } from '../db/queries/changes.ts';
import {
  insertFindings,
  type OpenFindings,
  openFindings,
  supersedeBlockedPoints,
  supersedeRefusals,
  supersedeRemarks,
} from '../db/queries/findings.ts';
import {
  type DayScope,
  type FoldedPoints,
  foldPoints,
  type PointColumns,
} from '../db/queries/observations.ts';
import { type FoldEntry, loadPayload, markFolded, touchPayload } from '../db/queries/payloads.ts';
import { addSeries, findSeries, type SeriesRow } from '../db/queries/series.ts';
import { listNames } from '../domain/checks.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { Interpretation } from '../domain/interpret.ts';
import { interpretStored } from './interpret-stored.ts';
import { sha256 } from './payload-body.ts';

export interface FoldedPayload {
  readonly kind: Interpretation['kind'];
  readonly contentSha256: Buffer;
  /** Set when the payload moved the day. */
  readonly change: Change | undefined;
}

/** @param previous the last payload of the day that could be used; equal content is no change. */
export async function foldPayload(
  sql: Sql,
  dataset: DatasetDefinition,
  scope: DayScope,
  payload: FoldEntry,
  previous: FoldEntry | undefined,
): Promise<FoldedPayload> {
  const read = await interpretStored(sql, dataset, await loadPayload(sql, payload.id));
  const contentSha256 = sha256(read.canonical);
  // Most payloads find nothing open; then nothing has to be superseded.
  const open = await openFindings(sql, scope);
  if (open.refusals > 0) await supersedeRefusals(sql, scope, payload.fetchedAt);
  const change = await foldInterpretation(sql, dataset, scope, payload, previous, {
    read,
    contentSha256,
    open,
  });
  await markFolded(sql, payload.id, {
    kind: read.kind,
    contentSha256,
    decoderVersion: dataset.decoderVersion,
  });
  return { kind: read.kind, contentSha256, change };
}

async function foldInterpretation(
  sql: Sql,
  dataset: DatasetDefinition,
  scope: DayScope,
  payload: FoldEntry,
  previous: FoldEntry | undefined,
  { read, contentSha256, open }: { read: Interpretation; contentSha256: Buffer; open: OpenFindings },
): Promise<Change | undefined> {
  if (read.kind === 'refused') {
    await insertFindings(sql, scope, payload.id, payload.fetchedAt, read.findings);
    return undefined;
  }
  if (previous?.contentSha256?.equals(contentSha256)) {
    // Other bytes, same meaning. Folding again must not count the sighting twice.
    if (payload.kind === null) await touchPayload(sql, previous.id, payload.fetchedAt);
    return undefined;
  }
  const blocked = blockedPlaces(read);
  const series = await ensureSeries(sql, dataset, payload.id, read, blocked);
  const folded = await foldPoints(
    sql,
    scope,
    payload,
    columns(read.points, series, scope),
    columns(blocked, series, scope),
  );
  if (open.remarks > 0) await supersedeRemarks(sql, scope, payload.fetchedAt);
  if (open.blockedPoints > 0) {
    await supersedeBlockedPoints(sql, scope, payload.fetchedAt, names([...read.points, ...blocked]));
  }
  const found = [...read.findings, ...newSeries(series, payload.id), ...vanished(folded)];
  await insertFindings(sql, scope, payload.id, payload.fetchedAt, found);
  return changeOf(scope, payload, folded);
}

type Place = { readonly series: string; readonly startsAtMs: number };

function blockedPlaces({ findings }: Interpretation): Place[] {
  return findings.flatMap(({ severity, series, startsAtMs }) =>
    severity === 'block' && series !== null && startsAtMs !== null ? [{ series, startsAtMs }] : [],
  );
}

/**
 * The catalogue rows of the payload's series. New ones are accepted and catalogued once they have a good point; a series
 * of which every point is blocked is not.
 */
async function ensureSeries(
  sql: Sql,
  dataset: DatasetDefinition,
  payloadId: number,
  { points }: Interpretation,
  blocked: readonly Place[],
): Promise<Map<string, SeriesRow>> {
  const good = new Set(points.map(({ series }) => series));
  const all = [...new Set([...good, ...blocked.map(({ series }) => series)])];
  let known = await findSeries(sql, dataset.id, all);
  const names = new Set(known.map(({ series }) => series));
  const fresh = [...good].filter((series) => !names.has(series));
  if (fresh.length > 0) {
    await addSeries(
      sql,
      dataset.id,
      payloadId,
      fresh.map((series) => ({ series, attributes: dataset.seriesAttributes(series) })),
    );
    known = await findSeries(sql, dataset.id, all);
  }
  return new Map(known.map((row) => [row.series, row]));
}

function columns(
  places: readonly (Place & { value?: number | null })[],
  series: ReadonlyMap<string, SeriesRow>,
  { interval }: DayScope,
): PointColumns {
  const columns = {
    seriesIds: [] as number[],
    afterStartMs: [] as number[],
    values: [] as (number | null)[],
  };
  for (const { series: name, startsAtMs, value } of places) {
    const id = series.get(name)?.id;
    // A series that nobody has catalogued cannot be in the tables.
    if (id === undefined) continue;
    columns.seriesIds.push(id);
    columns.afterStartMs.push(startsAtMs - interval.startMs);
    columns.values.push(value ?? null);
  }
  return columns;
}

function names(places: readonly Place[]) {
  return {
    series: places.map(({ series }) => series),
    startsAt: places.map(({ startsAtMs }) => new Date(startsAtMs)),
  };
}

function newSeries(series: ReadonlyMap<string, SeriesRow>, payloadId: number): Finding[] {
  const fresh = [...series.values()].filter(({ firstPayloadId }) => firstPayloadId === payloadId);
  if (fresh.length === 0) return [];
  const list = listNames(fresh.map(({ series }) => series).toSorted());
  return [
    finding('new_series', 'info', `${fresh.length} series appeared for the first time: ${list}`, {
      points: 0,
    }),
  ];
}

function vanished({ vanished: gone }: FoldedPoints): Finding[] {
  if (gone.length === 0) return [];
  const points = gone.reduce((sum, { points }) => sum + points, 0);
  const list = listNames(gone.map(({ series }) => series));
  const reason = `${points} points of ${gone.length} series are no longer in the answer and were kept: ${list}`;
  return [
    finding('vanished', 'warn', reason, {
      points,
      series: gone.length === 1 ? (gone[0]?.series ?? null) : null,
    }),
  ];
}

function changeOf({ dataset, day }: DayScope, payload: FoldEntry, folded: FoldedPoints): Change | undefined {
  const { newPoints, revisedPoints, nulledPoints, largestDifference } = folded;
  const replaced = revisedPoints + nulledPoints;
  if (newPoints + replaced === 0) return undefined;
  return {
    dataset,
    day,
    payloadId: payload.id,
    kind: replaced > 0 ? 'revised' : 'published',
    newPoints,
    revisedPoints,
    nulledPoints,
    largestDifference,
    knownAt: payload.fetchedAt,
  };
}
