/** Days of files: many at once, because a file has hundreds of them. */

import type { FileForm } from '../../../domain/files/file-form.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import type { DayScope } from '../points/observations.ts';

/** Blocks every other writer of these days until the transaction ends; ordered by day, to prevent deadlocks. */
export async function lockDays(sql: Sql, dataset: string, days: readonly CivilDay[]): Promise<void> {
  // The same key as in lockDay.
  await sql.query(
    `select pg_advisory_xact_lock(hashtextextended('tidemark.day ' || $1 || ' ' || day, 0))
     from (select day from unnest($2::text[]) day order by day) days`,
    [dataset, days],
  );
}

/** The last payload of a day, as far as needed to detect that a file repeats it. */
export interface KnownDay {
  readonly day: CivilDay;
  /** Null for a day that is in the ledger without a payload. */
  readonly payloadId: number | null;
  readonly sha256: Buffer | null;
  /** Whether it is a part of a file whose lines are read in the same way. */
  readonly sameForm: boolean;
}

/** Those of some days that have a payload, a decision or a row of the ledger. */
export async function knownDays(
  sql: Sql,
  dataset: string,
  days: readonly CivilDay[],
  form: FileForm,
): Promise<KnownDay[]> {
  const { rows } = await sql.query<KnownDay>(
    `select d.day, p.id as "payloadId", p.sha256, coalesce(f.form = $3, false) as "sameForm"
     from unnest($2::date[]) as d(day)
     left join lateral (
       select id, sha256, load_id from ops.payload where dataset = $1 and day = d.day order by fetched_at desc limit 1
     ) p on true
     left join ops.load l on l.id = p.load_id left join ops.file f on f.id = l.file_id
     where p.id is not null
       or exists (select from ops.delivery_day l where l.dataset = $1 and l.day = d.day)
       or exists (select from ops.decision c where c.dataset = $1 and c.day = d.day)`,
    [dataset, days, JSON.stringify(form)],
  );
  return rows;
}

/** A day's part of a file. */
export interface DayPart {
  readonly day: CivilDay;
  readonly byteFrom: number;
  readonly byteTo: number;
  readonly firstLine: number;
  /** Hash of the day's bytes. */
  readonly sha256: Buffer;
  /** The result of folding it; null until then. */
  readonly folded: {
    readonly kind: 'points';
    readonly contentSha256: Buffer;
    readonly changeId: number;
  } | null;
}

export interface PartPayload {
  readonly id: number;
  readonly day: CivilDay;
  readonly fetchedAt: Date;
}

/** The load, and the days that are loaded together. */
export interface PartsAbout {
  readonly dataset: string;
  readonly loadId: number;
  readonly name: string;
  readonly firstDay: CivilDay;
  readonly lastDay: CivilDay;
}

/** Stores parts of a file as payloads of their days, fetched when its load was registered, or just after what the day has since. */
export async function insertParts(
  sql: Sql,
  { dataset, loadId, name, firstDay, lastDay }: PartsAbout,
  fetchedAt: Date,
  decoderVersion: number,
  parts: readonly DayPart[],
): Promise<PartPayload[]> {
  const { rows } = await sql.query<PartPayload>(
    `insert into ops.payload (
       dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, load_id, byte_from, byte_to,
       first_line, kind, content_sha256, decoder_version, loaded_from, loaded_to, change_id)
     select $1, p.day, m.at, m.at, p.sha256, $3, 200, '{}', p.byte_to - p.byte_from, 'identity', $2, p.byte_from, p.byte_to,
       p.first_line, p.kind, p.content_sha256, case when p.kind is not null then $5::int end, $13, $14, p.change_id
     from unnest($6::date[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bytea[], $11::text[], $12::bytea[], $15::bigint[])
       as p(day, byte_from, byte_to, first_line, sha256, kind, content_sha256, change_id)
     cross join lateral (
       select greatest(
         $4::timestamptz,
         (select max(greatest(last_seen_at, fetched_at)) + interval '1 ms' from ops.payload where dataset = $1 and day = p.day),
         (select max(decided_at) + interval '1 ms' from ops.decision where dataset = $1 and day = p.day)
       ) as at
     ) m
     returning id, day, fetched_at as "fetchedAt"`,
    [
      ...[dataset, loadId, name, fetchedAt, decoderVersion],
      parts.map(({ day }) => day),
      parts.map(({ byteFrom }) => byteFrom),
      parts.map(({ byteTo }) => byteTo),
      parts.map(({ firstLine }) => firstLine),
      parts.map(({ sha256 }) => sha256),
      parts.map(({ folded }) => folded?.kind ?? null),
      parts.map(({ folded }) => folded?.contentSha256 ?? null),
      ...[firstDay, lastDay],
      parts.map(({ folded }) => folded?.changeId ?? null),
    ],
  );
  return rows;
}

/** What the current values of a day amount to. */
export interface DayCompleteness {
  /** Points that were published, with a value or as null. */
  readonly published: number;
  readonly presentPoints: number;
  /** Points that the series with a value should have, each by the length of its own intervals. */
  readonly expectedPoints: number;
}

/** From the rollups of the day, which summarise its values. */
export async function completenessInRollups(
  sql: Sql,
  { dataset, day }: { readonly dataset: string; readonly day: CivilDay },
): Promise<DayCompleteness> {
  const { rows } = await sql.query<DayCompleteness>(
    `select coalesce(sum(published), 0)::int as published, coalesce(sum(count), 0)::int as "presentPoints",
       coalesce(sum(ceil((extract(epoch from ends_at - starts_at) - offset_seconds) / step_seconds)) filter (where count > 0), 0)::int as "expectedPoints"
     from ${storageOf(dataset).days} where delivery_day = $1`,
    [day],
  );
  return onlyRow(rows);
}

/**
 * Creates missing chunks for some instants. TimescaleDB locks the hypertable from the creation of a chunk to the end of the transaction:
 * commit at once, or concurrent ranges wait for each other. Every version of TimescaleDB creates a chunk for an inserted row, so each
 * instant gets one that is never visible.
 */
export async function makeChunks(sql: Sql, dataset: string, instants: readonly Date[]): Promise<void> {
  const { current } = storageOf(dataset);
  await sql.query(
    `insert into ${current} (series_id, starts_at, delivery_day, change_id)
     select 0, at, at::date, 0 from unnest($1::timestamptz[]) at on conflict do nothing`,
    [instants],
  );
  await sql.query(`delete from ${current} where series_id = 0 and starts_at = any($1)`, [instants]);
}

// Days in which files begin or end.

export interface EdgesOfFiles {
  /** Whether no file of the day has points of earlier days: what lies before its first point may be in another one. */
  readonly begins: boolean;
  /** The same of later days. */
  readonly ends: boolean;
}

/** What was requested or sent besides covers its day. */
export async function edgesOfFiles(
  sql: Sql,
  { dataset, day }: Pick<DayScope, 'dataset' | 'day'>,
): Promise<EdgesOfFiles> {
  const { rows } = await sql.query<EdgesOfFiles>(
    `select coalesce(bool_and(coalesce(f.first_day = p.day, false)), false) as begins,
       coalesce(bool_and(coalesce(f.last_day = p.day, false)), false) as ends
     from ops.payload p left join ops.load l on l.id = p.load_id left join ops.file f on f.id = l.file_id
     where p.dataset = $1 and p.day = $2`,
    [dataset, day],
  );
  return onlyRow(rows);
}

/** Where the points of a series lie on a day, milliseconds. */
export interface SeriesExtent {
  /** Start of the first, end of the last. */
  readonly firstMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** How long after the start of the day they could begin. */
  readonly offsetMs: number;
}

/** Of the series with points on a day, by its rollups. Reads two points of each. */
export async function extentsOfDay(sql: Sql, { dataset, day, interval }: DayScope): Promise<SeriesExtent[]> {
  const { current, days } = storageOf(dataset);
  const { rows } = await sql.query<SeriesExtent>(
    `select (extract(epoch from e.first) * 1000)::float8 as "firstMs",
       ((extract(epoch from e.last) + d.step_seconds) * 1000)::float8 as "endMs",
       d.step_seconds * 1000 as "stepMs", d.offset_seconds * 1000 as "offsetMs"
     from ${days} d
     cross join lateral (
       select min(c.starts_at) as first, max(c.starts_at) as last from ${current} c
       where c.series_id = d.series_id and c.starts_at >= $2 and c.starts_at < $3
     ) e
     where d.delivery_day = $1 and d.count > 0`,
    [day, new Date(interval.startMs), new Date(interval.endMs)],
  );
  return rows;
}
