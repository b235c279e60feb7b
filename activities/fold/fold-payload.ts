/** Folds one payload into its day: interpret, compare with what was there, write, report. Part of the law of the fold. */

import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import type { SeriesRow } from '../../db/queries/catalog/series.ts';
import type { FindingsOf, OpenFinding } from '../../db/queries/days/findings.ts';
import { sha256 } from '../../db/queries/payloads/payload-body.ts';
import { type FoldEntry, loadPayload, markFolded, touchPayload } from '../../db/queries/payloads/payloads.ts';
import { type DayScope, type FoldedPoints, foldPoints } from '../../db/queries/points/observations.ts';
import { declaredSteps, type PointDataset } from '../../domain/dataset/points.ts';
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
import { changeOf } from './change-ids.ts';
import { interpretStored } from './interpret-stored.ts';
import { keepFindings, type ReportedFindings } from './keep-findings.ts';
import { columns, ensureSeries, type Place } from './point-columns.ts';

export interface FoldedPayload {
  readonly kind: Interpretation['kind'];
  readonly contentSha256: Buffer;
  /** How many points its part of the day has by it; null if the definition says. */
  readonly expectedPoints: number | null;
  /** Set when the payload moved the day. */
  readonly change: Change | undefined;
  /** The change in the number of quarantined points, and of points with a value. */
  readonly quarantined: number;
  readonly valued: number;
  /** Series with points in it. */
  readonly touched: readonly number[];
}

export interface Places {
  /** The payload's own, in the order in which things became known. */
  readonly place: number;
  /** The change that brings the points. */
  readonly changeId: number;
}

/** What came before a payload in its day. */
export interface Earlier {
  /** The last usable payload of its part; equal content is no change. */
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
  const fold = { payload, changeId, read, contentSha256, earlier };
  const effect = await foldInterpretation(sql, dataset, scope, fold);
  await markFolded(sql, payload.id, {
    kind: read.kind,
    contentSha256,
    decoderVersion: dataset.decoderVersion,
    changeId: place,
    expectedPoints: read.expectedPoints,
  });
  return { kind: read.kind, contentSha256, expectedPoints: read.expectedPoints ?? null, ...effect };
}

interface Fold {
  readonly payload: FoldEntry;
  readonly changeId: number;
  readonly read: Interpretation;
  readonly contentSha256: Buffer;
  readonly earlier: Earlier;
}

type Effect = Omit<FoldedPayload, 'kind' | 'contentSha256' | 'expectedPoints'>;

/** Found by comparing with earlier data: equal content leaves them true. */
const FOUND_BY_COMPARING = ['new_series', 'vanished'];

async function foldInterpretation(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  { payload, changeId, read, contentSha256, earlier: { usable, decisions } }: Fold,
): Promise<Effect> {
  const settled = settle(read, decisions);
  const reported = { payloadId: payload.id, at: payload.fetchedAt, findings: settled.findings };
  const nothing = { change: undefined, valued: 0, touched: [] };
  if (read.kind === 'refused') return { ...nothing, quarantined: await keepFindings(sql, scope, reported) };
  if (usable?.contentSha256?.equals(contentSha256)) {
    // Other bytes, same meaning. A repeated fold must not count the sighting twice.
    if (payload.kind === null) await touchPayload(sql, usable.id, payload.fetchedAt);
    if (dataset.silence === 'nothing' && !dataset.pull) return { ...nothing, quarantined: 0 };
    // Points in it are confirmed; about others it says nothing, as before.
    const ends = (found: OpenFinding) => !isOfPoint(found) && !FOUND_BY_COMPARING.includes(found.rule);
    return {
      ...nothing,
      quarantined: await keepFindings(sql, scope, { ...reported, over: ofPart(payload), ends }),
    };
  }
  const { folded, fresh, touched } = await writePoints(sql, dataset, scope, payload, changeId, settled);
  const warnings = settleFindings(
    [...newSeries(fresh), ...(dataset.silence === 'keep' ? vanished(folded) : [])],
    decisions,
  );
  const findings = [...settled.findings, ...warnings];
  const places = [...settled.points, ...blockedPlaces(settled)];
  const quarantined = await keepFindings(sql, scope, {
    ...reported,
    findings,
    ...lastWordOf(dataset, payload, places),
  });
  const change = changeOf(scope, changeId, payload.id, folded);
  return { change, quarantined, valued: folded.valued, touched };
}

/** Whether a finding quarantines one point. */
function isOfPoint({ severity, series, startsAtMs }: OpenFinding): boolean {
  return severity === 'block' && series !== null && startsAtMs !== null;
}

/** A payload has the last word about its own points, valid or not; and about its whole day if it is complete. */
function lastWordOf(
  dataset: PointDataset,
  payload: FoldEntry,
  places: readonly Place[],
): Pick<ReportedFindings, 'over' | 'ends'> {
  if (dataset.silence === 'nothing' && !dataset.pull) return { over: names(places) };
  const saysAll = dataset.silence === 'keep';
  const keys = new Set(places.map(({ series, startsAtMs }) => `${startsAtMs}\t${series}`));
  const isRefusal = ({ severity, points }: OpenFinding) => severity === 'block' && points === 0;
  return {
    over: ofPart(payload),
    ends: (found) =>
      isOfPoint(found) ? keys.has(`${found.startsAtMs}\t${found.series}`) : saysAll || isRefusal(found),
  };
}

/** Findings of the payloads that it may confirm or end: those about the same part of the day. */
function ofPart({ part }: FoldEntry): FindingsOf {
  return part === '' ? 'payloads' : { part };
}

/** @returns what changed, and the series that this payload brought first. */
async function writePoints(
  sql: Sql,
  dataset: PointDataset,
  scope: DayScope,
  payload: FoldEntry,
  changeId: number,
  settled: Settled,
): Promise<{ folded: FoldedPoints; fresh: readonly string[]; touched: readonly number[] }> {
  const blocked = blockedPlaces(settled);
  const { points } = settled;
  const series = await ensureSeries(sql, dataset, payload.id, points, blocked);
  const good = columns(points, series, scope);
  const folded = await foldPoints(sql, scope, changeId, good, columns(blocked, series, scope), {
    silence: dataset.silence,
    part: payload.part,
    keepsSteps: declaredSteps(dataset) === null,
  });
  const touched = [...new Set(good.seriesIds)];
  return { folded, fresh: firstSeen(series, points, payload.id), touched };
}

/** What a rule keeps out: points that could not be read, which findings name, and points that could. One may occur twice. */
function blockedPlaces({ findings, quarantined }: Settled): Place[] {
  const named = findings
    .filter(isHeldBack)
    .flatMap(({ series, startsAtMs }) =>
      series !== null && startsAtMs !== null ? [{ series, startsAtMs }] : [],
    );
  return [...named, ...quarantined];
}

function names(places: readonly Place[]) {
  return {
    series: places.map(({ series }) => series),
    startsAt: places.map(({ startsAtMs }) => new Date(startsAtMs)),
  };
}

/** Series with a valid point here that this payload brought first, ascending. */
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
