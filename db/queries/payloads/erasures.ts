/** Erasures of persons: what was requested, what was removed, and the proof. */

import { type Someone, wordPattern } from '../../../domain/records/erasure.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

export interface NewErasure extends Someone {
  readonly dataset: string;
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** Records a request; an open one for the same person continues instead. */
export async function insertErasure(sql: Sql, wanted: NewErasure): Promise<number> {
  const { dataset, by, reason, dryRun, person, mentions } = wanted;
  const { rows } = await sql.query<{ id: number }>(
    `insert into ops.erasure (dataset, requested_by, reason, dry_run, person, mentions, person_sha256)
     values ($1, $2, $3, $4, $5, $6, ops.person_sha256($1, $5))
     on conflict (dataset, person_sha256, dry_run) where finished_at is null do update set mentions = excluded.mentions
     returning id`,
    [dataset, by, reason, dryRun, person, mentions],
  );
  return onlyRow(rows).id;
}

export interface Erasure {
  readonly id: number;
  readonly dataset: string;
  readonly dryRun: boolean;
  readonly finished: boolean;
  readonly someone: Someone;
}

/** The request; once it is finished, the person is no longer known. */
export async function readErasure(sql: Sql, id: number): Promise<Erasure | undefined> {
  const { rows } = await sql.query<Omit<Erasure, 'someone'> & Someone>(
    `select id, dataset, dry_run as "dryRun", finished_at is not null as finished, coalesce(person, '') as person,
       coalesce(mentions, '{}') as mentions
     from ops.erasure where id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { person, mentions, ...rest } = row;
  return { ...rest, someone: { person, mentions } };
}

export interface ErasedPerson {
  readonly sha256: string;
  readonly requestedAtMs: number;
}

export interface ErasedPersons {
  readonly salt: string;
  readonly persons: readonly ErasedPerson[];
}

/** Who was erased from a dataset, or is being erased: their earlier lines are dropped on arrival. */
export async function erasedPersons(sql: Sql, dataset: string): Promise<ErasedPersons> {
  const { rows } = await sql.query<{ salt: string; sha256: string; requestedAt: Date }>(
    `select s.salt, encode(e.person_sha256, 'hex') as sha256, max(e.requested_at) as "requestedAt"
     from ops.erasure e cross join ops.erasure_salt s
     where e.dataset = $1 and not e.dry_run group by 1, 2`,
    [dataset],
  );
  const persons = rows.map(({ sha256, requestedAt }) => ({ sha256, requestedAtMs: requestedAt.getTime() }));
  return { salt: rows[0]?.salt ?? '', persons };
}

/** The units of a dataset that have payloads, ascending. */
export async function unitsWithPayloads(sql: Sql, dataset: string): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    'select distinct day from ops.payload where dataset = $1 order by day',
    [dataset],
  );
  return rows.map(({ day }) => day);
}

export interface Rewritten {
  readonly sha256: Buffer;
  readonly sizeBytes: number;
  readonly encoding: string;
  readonly bytes: Buffer;
  readonly removed: number;
}

/** Removes lines from a payload and keeps the proof. @throws an error of PostgreSQL when the erasure is not open. */
export async function rewritePayload(
  sql: Sql,
  erasure: number,
  payload: number,
  { sha256, sizeBytes, encoding, bytes, removed }: Rewritten,
): Promise<void> {
  await sql.query('select ops.rewrite_payload($1, $2, $3, $4, $5, $6, $7)', [
    ...[erasure, payload, sha256, sizeBytes, encoding, bytes, removed],
  ]);
}

export interface UnitCounts {
  readonly versions: number;
  readonly findings: number;
}

/** How many versions and findings a unit of records has. */
export async function countUnit(sql: Sql, dataset: string, day: CivilDay): Promise<UnitCounts> {
  const { rows } = await sql.query<UnitCounts>(
    `select (select count(*) from ${storageOf(dataset).versions} where delivery_day = $2) as versions,
       (select count(*) from ops.finding where dataset = $1 and day = $2) as findings`,
    [dataset, day],
  );
  return onlyRow(rows);
}

/** Other units that have versions of these records, or refused one because another of the same number existed. */
export async function unitsSharing(
  sql: Sql,
  dataset: string,
  unit: CivilDay,
  keys: readonly string[],
): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    `select delivery_day as day from ${storageOf(dataset).versions} where key = any($3) and delivery_day <> $2
     union
     select day from ops.finding
     where dataset = $1 and day <> $2 and rule = 'conflicting_version' and series = any($3)
     order by day`,
    [dataset, unit, keys],
  );
  return rows.map(({ day }) => day);
}

export async function noteErasedDay(
  sql: Sql,
  erasure: number,
  day: CivilDay,
  { versions, findings }: UnitCounts,
): Promise<void> {
  await sql.query(
    `insert into ops.erased_day (erasure_id, day, versions_removed, findings_removed) values ($1, $2, $3, $4)
     on conflict (erasure_id, day) do update set
       versions_removed = erased_day.versions_removed + excluded.versions_removed,
       findings_removed = erased_day.findings_removed + excluded.findings_removed`,
    [erasure, day, versions, findings],
  );
}

/** How many versions of a dataset mention someone. Reads all of them. */
export async function versionsAbout(
  sql: Sql,
  dataset: string,
  field: string,
  { person, mentions }: Someone,
): Promise<number> {
  const { current, closed } = storageOf(dataset);
  const { rows } = await sql.query<{ versions: number }>(
    `select count(*) as versions from (select body from ${current} union all select body from ${closed}) b
     where b.body ->> $1 = $2 or ($3 <> '' and b.body::text ~* $3)`,
    [field, person, mentions.length > 0 ? wordPattern(mentions) : ''],
  );
  return onlyRow(rows).versions;
}

/** The raw texts of a dataset's findings that contain one of these texts anywhere, ignoring case. */
export async function findingsHolding(
  sql: Sql,
  dataset: string,
  texts: readonly string[],
): Promise<string[]> {
  const { rows } = await sql.query<{ raw: string }>(
    `select raw from ops.finding f
     where dataset = $1 and exists (select from unnest($2::text[]) t where strpos(lower(f.raw), lower(t)) > 0)`,
    [dataset, texts],
  );
  return rows.map(({ raw }) => raw);
}

export interface ErasureProof {
  readonly id: number;
  readonly dataset: string;
  readonly requestedAt: Date;
  readonly requestedBy: string;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly finishedAt: Date | null;
  readonly payloadsRead: number | null;
  readonly payloadsRewritten: number | null;
  readonly linesRemoved: number | null;
  readonly versionsRemoved: number | null;
  readonly findingsRemoved: number | null;
  readonly leftOver: number | null;
  /** In words that do not reveal the person. */
  readonly searchedFor: string | null;
  /** Remaining lines that contain the id as a word. */
  readonly linesNaming: number | null;
}

const PROOF = `id, dataset, requested_at as "requestedAt", requested_by as "requestedBy", reason, dry_run as "dryRun", finished_at as "finishedAt",
  payloads_read as "payloadsRead", payloads_rewritten as "payloadsRewritten", lines_removed as "linesRemoved",
  versions_removed as "versionsRemoved", findings_removed as "findingsRemoved", left_over as "leftOver",
  searched_for as "searchedFor", lines_naming as "linesNaming"`;

/** What was searched, for what, and what was found. */
export interface Searched {
  readonly payloads: number;
  readonly affected: number;
  readonly lines: number;
  readonly naming: number;
  readonly searchedFor: string;
}

/**
 * Writes the proof of an erasure. If nothing is left over, the person's identity is deleted.
 * @param looked what was searched and found: the answer of a dry run, or what is left after an erasure.
 */
export async function finishErasure(
  sql: Sql,
  id: number,
  looked: Searched & UnitCounts,
): Promise<ErasureProof> {
  const left = looked.lines + looked.versions + looked.findings;
  const { rows } = await sql.query<ErasureProof>(
    `update ops.erasure e set
       payloads_read = $2, searched_for = $8, lines_naming = $9, left_over = case when dry_run then null else $3::int end,
       payloads_rewritten = case when dry_run then $4 else p.payloads end,
       lines_removed = case when dry_run then $5 else p.lines end,
       versions_removed = case when dry_run then $6 else d.versions end,
       findings_removed = case when dry_run then $7 else d.findings end,
       finished_at = case when dry_run or $3 = 0 then clock_timestamp() end,
       person = case when dry_run or $3 = 0 then null else person end,
       mentions = case when dry_run or $3 = 0 then null else mentions end
     from (select count(distinct payload_id) as payloads, coalesce(sum(lines_removed), 0) as lines
           from ops.erased_payload where erasure_id = $1) p,
       (select coalesce(sum(versions_removed), 0) as versions, coalesce(sum(findings_removed), 0) as findings
        from ops.erased_day where erasure_id = $1) d
     where e.id = $1
     returning ${PROOF}`,
    [
      ...[id, looked.payloads, left, looked.affected, looked.lines, looked.versions, looked.findings],
      ...[looked.searchedFor, looked.naming],
    ],
  );
  return onlyRow(rows);
}

/** The proofs, newest first. */
export async function listErasures(sql: Sql, limit: number): Promise<ErasureProof[]> {
  const { rows } = await sql.query<ErasureProof>(
    `select ${PROOF} from ops.erasure order by id desc limit $1`,
    [limit],
  );
  return rows;
}

/** The proof of a finished erasure. */
export async function erasureProof(sql: Sql, id: number): Promise<ErasureProof | undefined> {
  const { rows } = await sql.query<ErasureProof>(`select ${PROOF} from ops.erasure where id = $1`, [id]);
  return rows[0];
}
