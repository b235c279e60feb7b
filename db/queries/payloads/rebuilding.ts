/** What a rebuild needs to know: which days have something to fold, and the content of a day before and after. */

import type { DayState } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { canonicalJson, type Json } from '../../../domain/values/json.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

export interface RebuildRange {
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
  /** Only days with a payload that was folded by a decoder older than this; null for all days. */
  readonly decoderOlderThan: number | null;
}

/** Days that have payloads or decisions, ascending. */
export async function daysToRebuild(sql: Sql, range: RebuildRange): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    `select day from ops.payload
     where dataset = $1 and day between $2 and $3 and ($4::int is null or decoder_version < $4)
     union
     select day from ops.decision where dataset = $1 and day between $2 and $3 and $4::int is null
     order by day`,
    [range.dataset, range.from, range.to, range.decoderOlderThan],
  );
  return rows.map(({ day }) => day);
}

/** The oldest decoder that has read a payload of a day; null where none has. */
export async function oldestDecoder(
  sql: Sql,
  { dataset, day }: { readonly dataset: string; readonly day: CivilDay },
): Promise<number | null> {
  const { rows } = await sql.query<{ version: number | null }>(
    'select min(decoder_version) as version from ops.payload where dataset = $1 and day = $2',
    [dataset, day],
  );
  return onlyRow(rows).version;
}

/** A rebuild that changed a day, for the audit trail. */
export interface RebuiltRow {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly workflowId: string;
  readonly runId: string;
  readonly decoderBefore: number | null;
  readonly decoderAfter: number;
  readonly stateBefore: DayState | null;
  readonly stateAfter: DayState;
  readonly values: number;
  readonly versions: number;
  readonly findings: number;
}

export async function insertRebuiltDay(sql: Sql, row: RebuiltRow): Promise<void> {
  await sql.query(
    `insert into ops.rebuilt_day (
       dataset, day, workflow_id, run_id, decoder_before, decoder_after, state_before, state_after, values_differing,
       versions_differing, findings_differing)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.dataset,
      row.day,
      row.workflowId,
      row.runId,
      row.decoderBefore,
      row.decoderAfter,
      row.stateBefore,
      row.stateAfter,
      row.values,
      row.versions,
      row.findings,
    ],
  );
}

/** Everything that the fold writes for a day and readers can see, as comparable text keys. */
export interface DayContent {
  /** `series, start` and value, of current values. */
  readonly values: ReadonlyMap<string, number | string | null>;
  readonly versions: ReadonlySet<string>;
  readonly findings: ReadonlySet<string>;
}

export async function dayContent(
  sql: Sql,
  { dataset, day }: { readonly dataset: string; readonly day: CivilDay },
): Promise<DayContent> {
  const versions = await versionsOfDay(sql, dataset, day);
  const current = versions.filter(({ known_to }) => known_to === null);
  const findings = await findingsOfDay(sql, dataset, day);
  return {
    values: new Map(current.map((row) => [`${row.series} ${row.starts_at.toISOString()}`, row.value])),
    versions: new Set(versions.map((row) => JSON.stringify(row))),
    findings: new Set(findings.map((row) => JSON.stringify(row))),
  };
}

/** The same for records; values are canonical bodies by key. */
export async function recordContent(
  sql: Sql,
  { dataset, day }: { readonly dataset: string; readonly day: CivilDay },
): Promise<DayContent> {
  const { rows } = await sql.query<RecordRow>(
    `select key, starts_at, version, revision, is_current, body, known_from, known_to
     from ${storageOf(dataset).versions} where delivery_day = $1`,
    [day],
  );
  const texts = rows.map(({ body, ...row }) => ({
    ...row,
    body: body === null ? null : canonicalJson(body),
  }));
  const findings = await findingsOfDay(sql, dataset, day);
  return {
    values: new Map(
      texts.filter((row) => row.is_current && row.body !== null).map((row) => [row.key, row.body]),
    ),
    versions: new Set(texts.map((row) => JSON.stringify(row))),
    findings: new Set(findings.map((row) => JSON.stringify(row))),
  };
}

interface RecordRow {
  readonly key: string;
  readonly is_current: boolean;
  readonly body: { readonly [name: string]: Json } | null;
}

interface VersionRow {
  readonly series: string;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly value: number | null;
  readonly known_from: Date;
  readonly known_to: Date | null;
}

async function versionsOfDay(sql: Sql, dataset: string, day: CivilDay): Promise<VersionRow[]> {
  const { rows } = await sql.query<VersionRow>(
    `select series, starts_at, ends_at, value, known_from, known_to from ${storageOf(dataset).versions} where delivery_day = $1`,
    [day],
  );
  return rows;
}

async function findingsOfDay(sql: Sql, dataset: string, day: CivilDay): Promise<unknown[]> {
  const { rows } = await sql.query(
    `select rule, severity, series, starts_at, points, raw, reason, resolution, found_at
     from ops.finding where dataset = $1 and day = $2`,
    [dataset, day],
  );
  return rows;
}
