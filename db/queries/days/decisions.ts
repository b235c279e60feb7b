/** What people decided about a day: one row per finding or declaration, kept permanently. */

import type { Decision, DecisionVerb } from '../../../domain/interpret/decision.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';

interface Day {
  readonly dataset: string;
  readonly day: CivilDay;
}

export interface StoredDecision extends Decision {
  readonly id: number;
  readonly decidedAt: Date;
  /** Its position in the order in which things became known; null until it is folded. */
  readonly changeId: number | null;
}

/** A day's decisions in the order in which they fold. */
export async function decisionsOfDay(sql: Sql, { dataset, day }: Day): Promise<StoredDecision[]> {
  const { rows } = await sql.query<Row>(
    `select id, verb, rule, series, starts_at, finding_text, decided_at, decided_by, reason, change_id
     from ops.decision where dataset = $1 and day = $2
     order by decided_at, id`,
    [dataset, day],
  );
  return rows.map(read);
}

interface Row {
  readonly id: number;
  readonly verb: DecisionVerb;
  readonly rule: string | null;
  readonly series: string | null;
  readonly starts_at: Date | null;
  readonly finding_text: string | null;
  readonly decided_at: Date;
  readonly decided_by: string;
  readonly reason: string;
  readonly change_id: number | null;
}

function read({ id, verb, rule, series, starts_at, finding_text, ...row }: Row): StoredDecision {
  const aboutFinding = rule !== null && finding_text !== null;
  const startsAtMs = starts_at?.getTime() ?? null;
  return {
    id,
    verb,
    about: aboutFinding ? { rule, series, startsAtMs, findingText: finding_text } : null,
    decidedAt: row.decided_at,
    by: row.decided_by,
    reason: row.reason,
    changeId: row.change_id,
  };
}

/**
 * Stores decisions that were taken together: one instant, after everything else of the day.
 * @param now moved to just after the day's last payload or decision where needed.
 */
export async function insertDecisions(
  sql: Sql,
  { dataset, day }: Day,
  decisions: readonly Decision[],
  now: Date,
  run: { readonly workflowId: string; readonly runId: string },
): Promise<void> {
  const abouts = decisions.map(({ about }) => about);
  await sql.query(
    `with moment as (
       select greatest(
         $3::timestamptz,
         (select max(greatest(last_seen_at, fetched_at)) + interval '1 ms' from ops.payload where dataset = $1 and day = $2),
         (select max(decided_at) + interval '1 ms' from ops.decision where dataset = $1 and day = $2)
       ) as at
     )
     insert into ops.decision (
       dataset, day, decided_at, workflow_id, run_id, verb, decided_by, reason, rule, series, starts_at, finding_text)
     select $1, $2, at, $4, $5, d.*
     from moment, unnest(
       $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[]
     ) as d(verb, decided_by, reason, rule, series, starts_at, finding_text)`,
    [
      dataset,
      day,
      now,
      run.workflowId,
      run.runId,
      decisions.map(({ verb }) => verb),
      decisions.map(({ by }) => by),
      decisions.map(({ reason }) => reason),
      abouts.map((about) => about?.rule ?? null),
      abouts.map((about) => about?.series ?? null),
      abouts.map((about) => (about?.startsAtMs == null ? null : new Date(about.startsAtMs))),
      abouts.map((about) => about?.findingText ?? null),
    ],
  );
}

/** Marks decisions that were taken together as folded, with their position in the order of knowledge. */
export async function markDecisionsFolded(sql: Sql, ids: readonly number[], changeId: number): Promise<void> {
  await sql.query('update ops.decision set change_id = $2 where id = any($1)', [ids, changeId]);
}

/** Texts, mapped to the form in which decisions store possible personal data. `settleStored` recognises them. */
export async function fingerprints(
  sql: Sql,
  dataset: string,
  texts: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ text: string; print: string }>(
    `select t as text, 'sha256:' || encode(ops.person_sha256($1, t), 'hex') as print from unnest($2::text[]) t`,
    [dataset, texts],
  );
  return new Map(rows.map(({ text, print }) => [text, print]));
}
