/**
 * Records and their versions. Bodies travel as JSON text. New rows are written by COPY (measured: 0.6 × the database time of a single JSON
 * document, the next best).
 */
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ChainedVersion, RecordVersion } from '../../../domain/records/record-chain.ts';
import { documentOf, linesOf } from '../../../domain/records/record-document.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { canonicalJson, type Json } from '../../../domain/values/json.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

interface Unit {
  readonly dataset: string;
  readonly day: CivilDay;
}

interface VersionRow {
  readonly key: string;
  readonly startsAt: Date;
  readonly day: CivilDay;
  readonly version: number;
  readonly body: { readonly [name: string]: Json } | null;
  readonly revision: number;
  readonly changeId: number;
}

const COLUMNS = `key, starts_at as "startsAt", delivery_day as day, version, body, revision, change_id as "changeId"`;

/**
 * Blocks every other writer of these records until the transaction ends. Where silence means nothing, a record may arrive on any day, so
 * the dataset has one writer, and days need no locks of their own.
 */
export async function lockRecords(sql: Sql, dataset: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`tidemark.records ${dataset}`]);
}

/** The latest version of each of these records that is known, including ended ones. */
export async function latestOfKeys(
  sql: Sql,
  dataset: string,
  keys: readonly string[],
): Promise<RecordVersion[]> {
  const { rows } = await sql.query<VersionRow>(
    `select ${COLUMNS} from ${storageOf(dataset).current} where key = any($1)`,
    [keys],
  );
  return rows.map(read);
}

/** The versions of these records that are not the latest. */
export async function closedOfKeys(
  sql: Sql,
  dataset: string,
  keys: readonly string[],
): Promise<RecordVersion[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql.query<VersionRow>(
    `select ${COLUMNS} from ${storageOf(dataset).closed} where key = any($1)`,
    [keys],
  );
  return rows.map(read);
}

/** The numbers of the stored versions of these records, ascending, by key. */
export async function keptVersions(
  sql: Sql,
  dataset: string,
  keys: readonly string[],
): Promise<Map<string, readonly number[]>> {
  const { current, closed } = storageOf(dataset);
  const { rows } = await sql.query<{ key: string; versions: number[] }>(
    `select key, jsonb_agg(version order by version) as versions
     from (select key, version from ${current} where key = any($1) union select key, version from ${closed} where key = any($1)) v
     group by key`,
    [keys],
  );
  return new Map(rows.map(({ key, versions }) => [key, versions]));
}

export interface CurrentRecord extends RecordVersion {
  readonly revision: number;
}

/** The current records of a unit. */
export async function recordsOfUnit(sql: Sql, { dataset, day }: Unit): Promise<CurrentRecord[]> {
  const { rows } = await sql.query<VersionRow>(
    `select ${COLUMNS} from ${storageOf(dataset).current} where delivery_day = $1`,
    [day],
  );
  return rows.map((row) => ({ ...read(row), revision: row.revision }));
}

/** How many earlier versions of these records a unit has had, by key. */
export async function pastRevisions(
  sql: Sql,
  { dataset, day }: Unit,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ key: string; revisions: number }>(
    `select key, max(revision) + 1 as revisions from ${storageOf(dataset).closed}
     where key = any($1) and delivery_day = $2 group by key`,
    [keys, day],
  );
  return new Map(rows.map(({ key, revisions }) => [key, revisions]));
}

export async function insertLatest(
  sql: Sql,
  dataset: string,
  records: readonly (RecordVersion & { readonly revision: number })[],
): Promise<void> {
  if (records.length === 0) return;
  const text = `copy ${storageOf(dataset).current} (key, starts_at, delivery_day, version, body, revision, change_id) from stdin`;
  await pipeline([linesOf(records)], (sql as ClientBase).query(copyFrom(text)));
}

export async function insertClosed(
  sql: Sql,
  dataset: string,
  records: readonly ChainedVersion[],
): Promise<void> {
  if (records.length === 0) return;
  await sql.query(
    `insert into ${storageOf(dataset).closed} (
       key, starts_at, delivery_day, version, body, revision, change_id, closed_by)
     select r.k, r.s, r.d, r.v, r.b, r.r, r.c, r.t from jsonb_to_recordset($1::jsonb) as r(
       k text, s timestamptz, d date, v bigint, b jsonb, r int, c bigint, t bigint)`,
    [documentOf(records)],
  );
}

/** Deletes every version of these records, to be written again. */
export async function deleteKeys(sql: Sql, dataset: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const { current, closed } = storageOf(dataset);
  await sql.query(
    `with gone as (delete from ${current} where key = any($1)) delete from ${closed} where key = any($1)`,
    [keys],
  );
}

/** Closes the versions of a unit's records that were replaced or withdrawn. @param by the change that did it. */
export async function closeRecords(
  sql: Sql,
  { dataset, day }: Unit,
  keys: readonly string[],
  by: number,
): Promise<void> {
  if (keys.length === 0) return;
  const { current, closed } = storageOf(dataset);
  await sql.query(
    `with gone as (
       delete from ${current} where key = any($1) and delivery_day = $2
       returning key, starts_at, delivery_day, version, body, revision, change_id
     )
     insert into ${closed} (key, starts_at, delivery_day, version, body, revision, change_id, closed_by)
     select key, starts_at, delivery_day, version, body, revision, change_id, $3 from gone`,
    [keys, day, by],
  );
}

/** Records of which both a unit and others have versions. */
export async function sharedKeys(sql: Sql, { dataset, day }: Unit): Promise<string[]> {
  const { current, closed } = storageOf(dataset);
  const { rows } = await sql.query<{ key: string }>(
    `select key from (
       select key from ${current} where delivery_day = $1 union select key from ${closed} where delivery_day = $1) own
     where exists (select from ${current} c where c.key = own.key and c.delivery_day <> $1)
        or exists (select from ${closed} c where c.key = own.key and c.delivery_day <> $1)`,
    [day],
  );
  return rows.map(({ key }) => key);
}

/** Undoes what a unit's payloads brought. */
export async function clearUnit(sql: Sql, { dataset, day }: Unit): Promise<void> {
  const { current, closed } = storageOf(dataset);
  await sql.query(
    `with latest as (delete from ${current} where delivery_day = $1) delete from ${closed} where delivery_day = $1`,
    [day],
  );
}

function read({ key, startsAt, day, version, body, changeId }: VersionRow): RecordVersion {
  return {
    ...{ key, day, version, changeId },
    startsAtMs: startsAt.getTime(),
    body: body === null ? null : canonicalJson(body),
  };
}
