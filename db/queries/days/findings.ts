/** Findings: what is wrong or odd in payloads, and what became of it. */

import { type DecisionVerb, type SettledFinding, storableText } from '../../../domain/interpret/decision.ts';
import type { Severity } from '../../../domain/interpret/finding.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

interface Day {
  readonly dataset: string;
  readonly day: CivilDay;
}

/** Writes the findings about one payload (or about an attempt that brought none: payload null), settled or open. */
export async function insertFindings(
  sql: Sql,
  { dataset, day }: Day,
  payloadId: number | null,
  foundAt: Date,
  findings: readonly SettledFinding[],
): Promise<void> {
  if (findings.length === 0) return;
  await sql.query(
    `insert into ops.finding
       (dataset, day, payload_id, found_at, rule, severity, series, starts_at, points, place, raw, reason,
        resolution, resolved_by, resolved_reason, resolved_at)
     select $1, $2, $3, $4::timestamptz, f.*, case when f.resolution <> 'open' then $4::timestamptz end
     from unnest(
       $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::int[], $10::text[], $11::text[], $12::text[],
       $13::text[], $14::text[], $15::text[]
     ) as f(rule, severity, series, starts_at, points, place, raw, reason, resolution, resolved_by, resolved_reason)`,
    [
      dataset,
      day,
      payloadId,
      foundAt,
      findings.map(({ rule }) => rule),
      findings.map(({ severity }) => severity),
      findings.map(({ series }) => series),
      findings.map(({ startsAtMs }) => (startsAtMs === null ? null : new Date(startsAtMs))),
      findings.map(({ points }) => points),
      findings.map(({ place }) => text(place)),
      findings.map(({ raw }) => text(raw)),
      findings.map(({ reason }) => text(reason)),
      findings.map(({ settled }) => resolutionBy(settled?.verb)),
      findings.map(({ settled }) => settled?.by ?? null),
      findings.map(({ settled }) => settled?.reason ?? null),
    ],
  );
}

/** What a finding's resolution becomes by a decision about it. */
export function resolutionBy(verb: DecisionVerb | undefined): 'open' | 'released' | 'waived' {
  if (verb === 'release') return 'released';
  return verb === 'waive' ? 'waived' : 'open';
}

/** A later answer that can be used supersedes earlier answers that were refused as a whole. */
export async function supersedeRefusals(sql: Sql, { dataset, day }: Day, at: Date): Promise<void> {
  await sql.query(
    `update ops.finding
     set resolution = 'superseded', resolved_at = $3, resolved_by = 'a later answer'
     where dataset = $1 and day = $2 and resolution = 'open' and severity = 'block' and points = 0`,
    [dataset, day, at],
  );
}

/** A later answer supersedes what was found in attempts that brought no payload. The mark of a late day has its own end. */
export async function supersedeAttempts(sql: Sql, { dataset, day }: Day, at: Date): Promise<void> {
  await sql.query(
    `update ops.finding
     set resolution = 'superseded', resolved_at = $3, resolved_by = 'a later answer'
     where dataset = $1 and day = $2 and resolution = 'open' and payload_id is null and found_at <= $3
       and rule <> 'late'`,
    [dataset, day, at],
  );
}

/**
 * A later payload that says something else supersedes what was odd in earlier ones, broken rows included. What was noticed
 * while asking (failed attempts, the mark of a late day) belongs to no payload and has its own end.
 */
export async function supersedeRemarks(sql: Sql, { dataset, day }: Day, at: Date): Promise<void> {
  await sql.query(
    `update ops.finding
     set resolution = 'superseded', resolved_at = $3, resolved_by = 'a later payload'
     where dataset = $1 and day = $2 and resolution = 'open' and payload_id is not null
       and (severity <> 'block' or (series is null and points > 0))`,
    [dataset, day, at],
  );
}

export interface StandingRemark {
  readonly id: number;
  readonly isOpen: boolean;
  readonly rule: string;
  readonly severity: Severity;
  readonly series: string | null;
  readonly startsAtMs: number | null;
  readonly points: number;
  readonly raw: string | null;
  readonly reason: string;
}

/** What was odd in earlier payloads and has not been superseded, waived or not. Broken rows are no remarks here. */
export async function standingRemarks(
  sql: Sql,
  { dataset, day }: Day,
  exceptRules: readonly string[],
): Promise<StandingRemark[]> {
  const { rows } = await sql.query<Omit<StandingRemark, 'startsAtMs'> & { startsAt: Date | null }>(
    `select id, resolution = 'open' as "isOpen", rule, severity, series, starts_at as "startsAt", points, raw, reason
     from ops.finding
     where dataset = $1 and day = $2 and payload_id is not null and severity <> 'block' and resolution <> 'superseded'
       and rule <> all($3)`,
    [dataset, day, exceptRules],
  );
  return rows.map(({ startsAt, ...row }) => ({ ...row, startsAtMs: startsAt?.getTime() ?? null }));
}

/** A later payload that says all there is supersedes everything that was found in earlier ones. */
export async function supersedeEarlier(sql: Sql, { dataset, day }: Day, at: Date): Promise<void> {
  await sql.query(
    `update ops.finding
     set resolution = 'superseded', resolved_at = $3, resolved_by = 'a later payload'
     where dataset = $1 and day = $2 and resolution = 'open' and payload_id is not null`,
    [dataset, day, at],
  );
}

/** A later payload supersedes these findings. */
export async function supersedeFindings(sql: Sql, ids: readonly number[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    `update ops.finding set resolution = 'superseded', resolved_at = $2, resolved_by = 'a later payload'
     where id = any($1)`,
    [ids, at],
  );
}

/** A later payload supersedes the blocked points that it speaks of again, well or badly. */
export async function supersedeBlockedPoints(
  sql: Sql,
  { dataset, day }: Day,
  at: Date,
  points: { readonly series: readonly string[]; readonly startsAt: readonly Date[] },
): Promise<void> {
  await sql.query(
    `update ops.finding f
     set resolution = 'superseded', resolved_at = $3, resolved_by = 'a later payload'
     from unnest($4::text[], $5::timestamptz[]) as said(series, starts_at)
     where f.dataset = $1 and f.day = $2 and f.resolution = 'open' and f.severity = 'block'
       and f.series = said.series and f.starts_at = said.starts_at`,
    [dataset, day, at, points.series, points.startsAt],
  );
}

/** Whether a day has a finding of a rule that is open, or waived and not overtaken since. */
export async function isMarked(sql: Sql, { dataset, day }: Day, rule: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select from ops.finding
     where dataset = $1 and day = $2 and rule = $3 and resolution in ('open', 'waived') limit 1`,
    [dataset, day, rule],
  );
  return rows.length > 0;
}

/** What the mark says is over. */
export async function supersedeMark(sql: Sql, { dataset, day }: Day, rule: string, at: Date): Promise<void> {
  await sql.query(
    `update ops.finding
     set resolution = 'superseded', resolved_at = $4, resolved_by = 'what came later'
     where dataset = $1 and day = $2 and rule = $3 and resolution = 'open'`,
    [dataset, day, rule, at],
  );
}

export interface OpenFindings {
  /** Answers refused as a whole. */
  readonly refusals: number;
  /** Quarantined points. */
  readonly blockedPoints: number;
  /** Everything else, broken rows included. */
  readonly remarks: number;
}

/** How many findings of a day are open, by what can supersede them. */
export async function openFindings(sql: Sql, { dataset, day }: Day): Promise<OpenFindings> {
  const { rows } = await sql.query<OpenFindings>(
    `select
       count(*) filter (where severity = 'block' and points = 0) as refusals,
       count(*) filter (where severity = 'block' and series is not null) as "blockedPoints",
       count(*) filter (
         where payload_id is not null and (severity <> 'block' or (series is null and points > 0))
       ) as remarks
     from ops.finding where dataset = $1 and day = $2 and resolution = 'open'`,
    [dataset, day],
  );
  return onlyRow(rows);
}

export interface OpenBlocks {
  /** Quarantined points that nothing has replaced. */
  readonly points: number;
  /** The last usable answer was followed by, or there never was anything but, an answer refused as a whole. */
  readonly refused: boolean;
}

/** What of a day is quarantined. */
export async function openBlocks(sql: Sql, { dataset, day }: Day): Promise<OpenBlocks> {
  const { rows } = await sql.query<OpenBlocks>(
    `select coalesce(sum(points), 0)::int as points, coalesce(bool_or(points = 0), false) as refused
     from ops.finding where dataset = $1 and day = $2 and resolution = 'open' and severity = 'block'`,
    [dataset, day],
  );
  return onlyRow(rows);
}

/** Takes back what the fold found, before a day is folded again. What people decided is folded again too. */
export async function clearFindings(sql: Sql, { dataset, day }: Day): Promise<void> {
  await sql.query('delete from ops.finding where dataset = $1 and day = $2 and payload_id is not null', [
    dataset,
    day,
  ]);
}

function text(value: string | null): string | null {
  return value === null ? null : storableText(value);
}
