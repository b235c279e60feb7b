/** Records of an input, their payloads, and the time covered by changed ones. A record covers its start up to a field's instant. */
import type { InputRecord } from '../../../domain/dataset/derive.ts';
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import type { DayChanges } from './input-points.ts';

interface RecordRow {
  readonly key: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly body: InputRecord['body'];
  readonly day: CivilDay;
  readonly changeId: number;
  readonly payloadId: number | null;
}

export interface InputRecords {
  /** Ordered by key. */
  readonly records: readonly InputRecord[];
  /** The changes behind them, by the day of the payload. */
  readonly days: readonly DayChanges[];
}

/** The instant in the field of `v` named by the first parameter; null if it has none. */
const ENDS_AT = `case when v.body ->> $1 ~ '^\\d{4}-\\d\\d-\\d\\dT' then (v.body ->> $1)::timestamptz end`;

/** The current records of a dataset that overlap an interval. @param until the field with the end of one */
export async function inputRecords(
  sql: Sql,
  dataset: string,
  until: string,
  { startMs, endMs }: Interval,
): Promise<InputRecords> {
  const { rows } = await sql.query<RecordRow>(
    `select v.key, v.starts_at as "startsAt", ${ENDS_AT} as "endsAt", v.body, v.delivery_day as day,
       v.change_id as "changeId", k.payload_id as "payloadId"
     from ${storageOf(dataset).current} v
     left join ops.change k on k.id = v.change_id
     where v.body is not null and v.starts_at < $3 and ${ENDS_AT} > $2
     order by v.key collate "C", v.delivery_day`,
    [until, new Date(startMs), new Date(endMs)],
  );
  const records = rows.map(({ key, startsAt, endsAt, body }) => ({
    ...{ key, body, startsAtMs: startsAt.getTime(), endsAtMs: endsAt.getTime() },
  }));
  return { records, days: changesByDay(rows) };
}

function changesByDay(rows: readonly RecordRow[]): DayChanges[] {
  const days = [...new Set(rows.map(({ day }) => day))].toSorted();
  return days.map((day) => {
    const its = rows.filter((row) => row.day === day);
    const payloads = its.flatMap(({ payloadId }) => payloadId ?? []);
    return { day, changes: ascending(its.map(({ changeId }) => changeId)), payloads: ascending(payloads) };
  });
}

function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].toSorted((a, b) => a - b);
}

export interface MovedSpan {
  readonly startMs: number;
  readonly endMs: number;
  /** Cursor of the newest change to it. */
  readonly cursor: number;
}

/** The time covered by records that changes between two cursors added, replaced or ended, over all of their versions. */
export async function movedSpans(
  sql: Sql,
  dataset: string,
  until: string,
  after: number,
  upTo: number,
): Promise<MovedSpan[]> {
  const { current, closed } = storageOf(dataset);
  const { rows } = await sql.query<MovedSpan>(
    `with moved as (
       select id, cursor from ops.change where dataset = $2 and cursor > $3 and cursor <= $4 and kind <> 'dropped'
     ), touched as (
       select v.starts_at, v.body, m.cursor from ${current} v join moved m on m.id = v.change_id
       union all
       select v.starts_at, v.body, m.cursor from ${closed} v join moved m on m.id in (v.change_id, v.closed_by)
       where v.closed_by <> v.change_id
     )
     select (date_part('epoch', starts_at) * 1000)::float8 as "startMs", (date_part('epoch', ends_at) * 1000)::float8 as "endMs",
       max(cursor) as cursor
     from (select v.starts_at, ${ENDS_AT} as ends_at, v.cursor from touched v) spans
     where ends_at > starts_at
     group by starts_at, ends_at`,
    [until, dataset, after, upTo],
  );
  return rows;
}

/** Cursor of the newest correction of stored records after a cursor, which may affect any record; null without one. */
export async function correctedAt(
  sql: Sql,
  dataset: string,
  after: number,
  upTo: number,
): Promise<number | null> {
  const { rows } = await sql.query<{ cursor: number | null }>(
    `select max(cursor) as cursor from ops.change
     where dataset = $1 and cursor > $2 and cursor <= $3 and kind in ('corrected', 'erased')`,
    [dataset, after, upTo],
  );
  return rows[0]?.cursor ?? null;
}

/** The time covered by all records of a dataset. @param cursor of the change that affected them */
export async function allSpans(
  sql: Sql,
  dataset: string,
  until: string,
  cursor: number,
): Promise<MovedSpan[]> {
  const { rows } = await sql.query<Omit<MovedSpan, 'cursor'>>(
    `select distinct (date_part('epoch', starts_at) * 1000)::float8 as "startMs",
       (date_part('epoch', ends_at) * 1000)::float8 as "endMs"
     from (select v.starts_at, ${ENDS_AT} as ends_at from ${storageOf(dataset).current} v where v.body is not null) spans
     where ends_at > starts_at`,
    [until],
  );
  return rows.map((row) => ({ ...row, cursor }));
}
