/**
 * Writes new points into the current values by binary COPY: the database parses nothing. The row format is in
 * db/migrations/0009_points.sql.
 */
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type CivilDay, daysFrom } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

/** Points of one series on one day. */
export interface PointsToCopy {
  readonly seriesId: number;
  readonly day: CivilDay;
  /** The change that brings the points. */
  readonly changeId: number;
  /** UTC starts of their intervals, milliseconds, and their values; NaN for a published null. */
  readonly startsAtMs: Float64Array;
  readonly values: Float64Array;
  /** Length of their intervals, where the definition has none; null: unknown. */
  readonly stepSeconds?: number | null;
}

/**
 * Copies points, none of which may exist yet.
 * @param withSteps whether lengths are stored: a column that is null in every row would take time too
 * @throws pg's DatabaseError (unique_violation) if one does.
 */
export async function copyPoints(
  sql: Sql,
  dataset: string,
  points: Iterable<PointsToCopy>,
  withSteps: boolean,
): Promise<void> {
  const { current } = storageOf(dataset);
  const columns = `starts_at, value, change_id, series_id, delivery_day${withSteps ? ', step_seconds' : ''}`;
  const text = `copy ${current} (${columns}) from stdin (format binary)`;
  await pipeline(encode(points, withSteps), (sql as pg.ClientBase).query(copyFrom(text)));
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

const FIELDS = 6;
/** Bytes of a row: the number of fields, and each field after its length. */
const ROW = 2 + FIELDS * 4 + 8 + 8 + 8 + 4 + 4 + 4;
/** Larger pieces gain nothing, and are copied once more on their way. */
const ROWS_AT_ONCE = 1_000;

/** PostgreSQL counts from 2000-01-01. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

function* encode(points: Iterable<PointsToCopy>, withSteps: boolean): Generator<Buffer> {
  yield SIGNATURE;
  for (const series of points) yield* encodeSeries(series, withSteps);
  yield TRAILER;
}

function* encodeSeries(series: PointsToCopy, withSteps: boolean): Generator<Buffer> {
  const count = series.startsAtMs.length;
  for (let from = 0; from < count; from += ROWS_AT_ONCE)
    yield encodeRows(series, from, Math.min(count, from + ROWS_AT_ONCE), withSteps);
}

/** A row with a value and a step has 62 bytes; nulls have none of their own. */
function encodeRows(series: PointsToCopy, from: number, to: number, withSteps: boolean): Buffer {
  const { seriesId, day, changeId, startsAtMs, values, stepSeconds = null } = series;
  const buffer = Buffer.allocUnsafe((to - from) * ROW);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const date = daysFrom('2000-01-01', day);
  let at = 0;
  const int32 = (value: number) => {
    view.setInt32(at, 4);
    view.setInt32(at + 4, value);
    at += 8;
  };
  const int64 = (value: number) => {
    view.setInt32(at, 8);
    view.setInt32(at + 4, Math.floor(value / 2 ** 32));
    view.setUint32(at + 8, value >>> 0);
    at += 12;
  };
  for (let i = from; i < to; i++) {
    view.setInt16(at, withSteps ? FIELDS : FIELDS - 1);
    at += 2;
    int64(microseconds(startsAtMs[i] as number));
    at = float64(view, at, values[i] as number);
    int64(changeId);
    int32(seriesId);
    int32(date);
    if (!withSteps) continue;
    if (stepSeconds === null) at = nothing(view, at);
    else int32(stepSeconds);
  }
  return buffer.subarray(0, at);
}

function float64(view: DataView, at: number, value: number): number {
  if (Number.isNaN(value)) return nothing(view, at);
  view.setInt32(at, 8);
  view.setFloat64(at + 4, value);
  return at + 12;
}

function nothing(view: DataView, at: number): number {
  view.setInt32(at, -1);
  return at + 4;
}

/** Since 2000-01-01. Exact: below 2^53 until the year 2255. */
function microseconds(ms: number): number {
  return (ms - EPOCH_MS) * 1_000;
}
