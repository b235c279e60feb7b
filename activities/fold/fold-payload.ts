/** Folds one payload into its day: interpret, compare with what was there, write, report. Part of the law of the fold. */

import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import type { SeriesRow } from '../../db/queries/catalog/series.ts';
import {
  insertFindings,
  type OpenFindings,
  openFindings,
  supersedeBlockedPoints,
  supersedeRefusals,
  supersedeRemarks,
} from '../../db/queries/days/findings.ts';
import { sha256 } from '../../db/queries/payloads/payload-body.ts';
import { type FoldEntry, loadPayload, markFolded, touchPayload } from '../../db/queries/payloads/payloads.ts';
import { type DayScope, type FoldedPoints, foldPoints } from '../../db/queries/points/observations.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import { listNames } from '../../domain/interpret/checks.ts';
import {
  type Decision,
  isHeldBack,
  type Settled,
  settle,
  settleFindings,
} from '../../domain/interpret/decision.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import type { Interpretation } from '../../domain/interpret/interpret.ts';
import { changeOf } from './change-of.ts';
import { foldRemarks } from './fold-remarks.ts';
import { interpretStored } from './interpret-stored.ts';
import { columns, ensureSeries, type Place } from './point-columns.ts';

export interface FoldedPayload {
  readonly kind: Interpretation['kind'];
  readonly contentSha256: Buffer;
  /** Set when the payload moved the day. */
  readonly change: Change | undefined;
}

export interface Places {
  /** The payload's own, in the order in which things became known. */
  readonly place: number;
  /** Of the change that brings its points. */
  readonly changeId: number;
}

/** What came before a payload in its day. */
export interface Earlier {
  /** The last payload that could be used; equal content is no change. */
  readonly usable: FoldEntry | undefined;
  /** What people had decided by then. */
  readonly decisions: readonly Decision[];
}

export async function foldPayload(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  payload: FoldEntry,
  { place, changeId }: Places,
  earlier: Earlier,
): Promise<FoldedPayload> {
  const read = await interpretStored(sql, dataset, await loadPayload(sql, payload.id));
  const contentSha256 = sha256(read.canonical);
  // Most payloads find nothing open; then nothing has to be superseded.
  const open = await openFindings(sql, scope);
  if (open.refusals > 0) await supersedeRefusals(sql, scope, payload.fetchedAt);
  const fold = { payload, changeId, read, contentSha256, open, earlier };
  const change = await foldInterpretation(sql, dataset, scope, fold);
  await markFolded(sql, payload.id, {
    kind: read.kind,
    contentSha256,
    decoderVersion: dataset.decoderVersion,
    changeId: place,
  });
  return { kind: read.kind, contentSha256, change };
}

interface Fold {
  readonly payload: FoldEntry;
  readonly changeId: number;
  readonly read: Interpretation;
  readonly contentSha256: Buffer;
  readonly open: OpenFindings;
  readonly earlier: Earlier;
}

async function foldInterpretation(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { payload, changeId, read, contentSha256, open, earlier: { usable, decisions } }: Fold,
): Promise<Change | undefined> {
  const settled = settle(read, decisions);
  if (read.kind === 'refused') {
    await insertFindings(sql, scope, payload.id, payload.fetchedAt, settled.findings);
    return undefined;
  }
  if (usable?.contentSha256?.equals(contentSha256)) {
    // Other bytes, same meaning. Folding again must not count the sighting twice.
    if (payload.kind === null) await touchPayload(sql, usable.id, payload.fetchedAt);
    await foldRemarks(sql, scope, payload, settled.findings);
    return undefined;
  }
  const { folded, fresh } = await writePoints(sql, dataset, scope, payload.id, changeId, settled);
  await supersede(sql, scope, payload, open, [...settled.points, ...blockedPlaces(settled)]);
  const remarks = settleFindings(
    [...newSeries(fresh), ...(dataset.silence === 'keep' ? vanished(folded) : [])],
    decisions,
  );
  await insertFindings(sql, scope, payload.id, payload.fetchedAt, [...settled.findings, ...remarks]);
  return changeOf(scope, changeId, payload.id, folded);
}

/** @returns what moved, and the series that this payload brought first. */
async function writePoints(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  payloadId: number,
  changeId: number,
  settled: Settled,
): Promise<{ folded: FoldedPoints; fresh: readonly string[] }> {
  const blocked = blockedPlaces(settled);
  const { points } = settled;
  const series = await ensureSeries(sql, dataset, payloadId, points, blocked);
  const folded = await foldPoints(
    sql,
    scope,
    changeId,
    columns(points, series, scope),
    columns(blocked, series, scope),
  );
  return { folded, fresh: firstSeen(series, points, payloadId) };
}

async function supersede(
  sql: Sql,
  scope: DayScope,
  { fetchedAt }: FoldEntry,
  open: OpenFindings,
  said: readonly Place[],
): Promise<void> {
  if (open.remarks > 0) await supersedeRemarks(sql, scope, fetchedAt);
  if (open.blockedPoints > 0) await supersedeBlockedPoints(sql, scope, fetchedAt, names(said));
}

/** What a rule keeps out: what could not be read, which findings name, and what could. A place may come twice. */
function blockedPlaces({ findings, heldBack }: Settled): Place[] {
  const named = findings
    .filter(isHeldBack)
    .flatMap(({ series, startsAtMs }) =>
      series !== null && startsAtMs !== null ? [{ series, startsAtMs }] : [],
    );
  return [...named, ...heldBack];
}

function names(places: readonly Place[]) {
  return {
    series: places.map(({ series }) => series),
    startsAt: places.map(({ startsAtMs }) => new Date(startsAtMs)),
  };
}

/** Series with a good point here that this payload brought first, ascending. */
export function firstSeen(
  series: ReadonlyMap<string, SeriesRow>,
  points: readonly Place[],
  payloadId: number,
): string[] {
  const good = new Set(points.map(({ series: name }) => name));
  return [...good].filter((name) => series.get(name)?.firstPayloadId === payloadId).toSorted();
}

export function newSeries(fresh: readonly string[]): Finding[] {
  if (fresh.length === 0) return [];
  const reason = `${fresh.length} series appeared for the first time: ${listNames(fresh)}`;
  return [finding('new_series', 'info', reason, { points: 0 })];
}

function vanished({ vanished: gone }: FoldedPoints): Finding[] {
  if (gone.length === 0) return [];
  const points = gone.reduce((sum, { points }) => sum + points, 0);
  const list = listNames(gone.map(({ series }) => series));
  const reason = `${points} points of ${gone.length} series are no longer in the answer and were kept: ${list}`;
  const series = gone.length === 1 ? (gone[0]?.series ?? null) : null;
  return [finding('vanished', 'warn', reason, { points, series })];
}
