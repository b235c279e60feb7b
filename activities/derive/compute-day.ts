/**
 * `fetchDay` of a derived dataset: computes a unit from what its inputs hold now, in one snapshot of the database, and stores the result as
 * a payload. The computation is recorded in the same transaction, so that a kill in between loses and doubles nothing.
 */
import type { Database } from '../../db/connection/client.ts';
import { openSnapshot } from '../../db/connection/snapshot.ts';
import { lockDay } from '../../db/queries/days/ledger.ts';
import { inputColumns, type KnownUpTo, knownUpTo } from '../../db/queries/derived/input-points.ts';
import { noteComputed } from '../../db/queries/derived/units.ts';
import { packBody, type StoredBody } from '../../db/queries/payloads/payload-body.ts';
import {
  insertPayload,
  latestPayload,
  type Sighting,
  sightingOf,
  touchPayload,
} from '../../db/queries/payloads/payloads.ts';
import type { ComputedPoint, DerivedPoints, DerivedUnit, InputPoints } from '../../domain/dataset/derive.ts';
import { inputIdsOf } from '../../domain/dataset/input-faults.ts';
import { computedBody, READ_AT_HEADER } from '../../domain/interpret/computed.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval, intervalStarts } from '../../domain/time/delivery-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { FetchedDay } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { settingsOf } from '../ingest/source-settings.ts';
import { once } from '../once.ts';
import { readInputs } from './read-inputs.ts';

interface ComputedUnit {
  readonly known: KnownUpTo;
  readonly body: StoredBody;
  /** The unit's last payload before this computation. */
  readonly before: Sighting | undefined;
}

/** @throws Failure COMPUTE_FAILED, OVERTAKEN */
export async function computeDay(
  dependencies: Pick<Dependencies, 'catalog' | 'clock' | 'database' | 'sourceSettings'>,
  dataset: DerivedPoints,
  day: CivilDay,
  runId: number,
): Promise<FetchedDay> {
  const { clock, database } = dependencies;
  const unit = await compute(dependencies, dataset, day);
  return await keep(database, dataset, day, runId, unit, clock.now());
}

async function compute(
  dependencies: Pick<Dependencies, 'catalog' | 'database' | 'sourceSettings'>,
  dataset: DerivedPoints,
  day: CivilDay,
): Promise<ComputedUnit> {
  const { catalog, database } = dependencies;
  const settings = settingsOf(dependencies, dataset.source);
  const before = sightingOf(await latestPayload(database, dataset.id, day));
  const snapshot = await openSnapshot(database);
  try {
    const known = await knownUpTo(snapshot);
    const { points: inputs, records, from, waitsFor } = await readInputs(snapshot, catalog, dataset, day);
    const present = await inputColumns(snapshot, dataset.id, deliveryInterval(dataset, day));
    const places = new Map(present.map(({ series, ...columns }) => [series, { ...columns, stepMs: 0 }]));
    const { whenGone, series: seriesOf } = dataset.derive;
    const computed = waitsFor.length > 0 ? [] : computePoints(dataset, day, { inputs, records });
    const points = waitsFor.length > 0 ? [] : withoutStale(computed, places, whenGone);
    const series = seriesOf?.({ day, inputs, settings });
    const body = computedBody({ inputs: from, waitsFor, series, points });
    return { known, before, body: await packBody(body) };
  } finally {
    snapshot.release();
  }
}

async function keep(
  database: Database,
  definition: DerivedPoints,
  day: CivilDay,
  runId: number,
  { known, body, before }: ComputedUnit,
  now: Date,
): Promise<FetchedDay> {
  const { id: dataset, decoderVersion } = definition;
  return await once(database, async (sql): Promise<FetchedDay> => {
    await lockDay(sql, dataset, day);
    const last = await latestPayload(sql, dataset, day);
    assertNotOvertaken(before, sightingOf(last));
    await noteComputed(sql, { dataset, day }, known.cursor, decoderVersion);
    if (last?.sha256.equals(body.sha256)) {
      await touchPayload(sql, last.id, now);
      return claimCheck(last, true);
    }
    const url = `computed from ${inputIdsOf(definition).join(', ')}`;
    const headers = { [READ_AT_HEADER]: known.settledAt.toISOString() };
    const about = { url, headers, status: 200, batchResponseId: null, fetchedAt: now };
    const stored = await insertPayload(sql, { dataset, day, runId, ...about, ...body });
    return claimCheck({ ...body, ...stored }, false);
  });
}

/** @throws Failure OVERTAKEN when another attempt has stored a result meanwhile: this one may have read older inputs. */
function assertNotOvertaken(before: Sighting | undefined, now: Sighting | undefined): void {
  if (before?.payloadId === now?.payloadId && before?.lastSeenAtMs === now?.lastSeenAtMs) return;
  throw new Failure('OVERTAKEN', 'another attempt has computed the unit while this one was computing it');
}

function claimCheck(
  payload: {
    readonly id: number;
    readonly fetchedAt: Date;
    readonly sha256: Buffer;
    readonly sizeBytes: number;
  },
  unchanged: boolean,
): FetchedDay {
  const { id: payloadId, fetchedAt, sha256, sizeBytes } = payload;
  const about = { sizeBytes, sha256: sha256.toString('hex'), fetchedAt: fetchedAt.toISOString() };
  return { kind: 'stored', payloadId, unchanged, ...about };
}

// Runs the function of a derived dataset on what its inputs hold of a unit, and refuses invalid points.

/** @throws Failure COMPUTE_FAILED */
function computePoints(
  dataset: DerivedPoints,
  day: CivilDay,
  given: Pick<DerivedUnit, 'inputs' | 'records'>,
): readonly ComputedPoint[] {
  const starts = intervalStarts(dataset, day);
  const { endMs } = deliveryInterval(dataset, day);
  try {
    const points = dataset.derive.compute({ day, starts, endMs, ...given });
    for (const point of points) assertPoint(point);
    return points;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure('COMPUTE_FAILED', `${dataset.id} of ${day} cannot be computed: ${message}`, {
      cause: error,
    });
  }
}

/** @throws RangeError */
function assertPoint({ series, startsAtMs, value }: ComputedPoint): void {
  if (!/^\P{C}{1,200}$/u.test(series))
    throw new RangeError(`series is ${JSON.stringify(series)}: give a name of 1 to 200 printable characters`);
  if (!Number.isInteger(startsAtMs))
    throw new RangeError(`startsAtMs of ${series} is ${startsAtMs}: give milliseconds`);
  if (value !== null && !Number.isFinite(value))
    throw new RangeError(
      `value of ${series} at ${new Date(startsAtMs).toISOString()} is ${value}: give a number, null, or leave the point out`,
    );
}

/**
 * What was computed, plus a null for each stored point that can no longer be computed: otherwise it would look as if it still followed from
 * the inputs.
 * @param value instead of null
 */
function withoutStale(
  points: readonly ComputedPoint[],
  present: InputPoints,
  value: number | null = null,
): ComputedPoint[] {
  const computed = new Set(points.map(placeOf));
  const stale = [...present].flatMap(([series, { startsAtMs }]) =>
    [...startsAtMs]
      .map((ms) => ({ series, startsAtMs: ms, value }))
      .filter((point) => !computed.has(placeOf(point))),
  );
  return [...points, ...stale];
}

function placeOf({ series, startsAtMs }: Pick<ComputedPoint, 'series' | 'startsAtMs'>): string {
  return `${startsAtMs}\t${series}`;
}
