/** Changes of days that are not events yet. The session that takes them creates the events in the same transaction. */
import type { ChangeMove, DayChange, FindingMove, Move, StateMove } from '../../../domain/notify/derive.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';

interface Row {
  readonly id: number;
  readonly what: Move['what'];
  readonly dataset: string;
  readonly day: CivilDay;
  readonly at: Date;
  readonly before: StateMove['before'];
  readonly after: StateMove['after'];
  readonly hadError: boolean | null;
  readonly error: string | null;
  readonly rule: string | null;
  readonly severity: FindingMove['severity'];
  readonly findings: number;
  readonly reason: string | null;
  readonly payloadId: number | null;
  readonly changeId: number | null;
  readonly cursor: number | null;
  readonly kind: DayChange['kind'];
  readonly knownAt: Date;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  readonly largestDifference: number | null;
}

/** A move with its change, whose size is not known yet. */
export type TakenMove = Move & { readonly changeId: number | null };

/** Takes and deletes the oldest moves, in order. A state goes with the change of its transaction, or else the last one of its day. */
export async function takeMoves(sql: Sql, limit: number): Promise<TakenMove[]> {
  const { rows } = await sql.query<Row>(
    `with taken as (
       delete from ops.move where id in (select id from ops.move order by id limit $1) returning *
     )
     select t.id, t.what, t.dataset, t.day, t.moved_at as at, t.state_before as before, t.state_after as after,
       t.had_error as "hadError", t.error, t.rule, t.severity, t.findings, t.reason, t.payload_id as "payloadId",
       c.id as "changeId", c.cursor, c.kind, c.known_at as "knownAt", c.new_points as "newPoints",
       c.revised_points as "revisedPoints", c.nulled_points as "nulledPoints", c.largest_difference as "largestDifference"
     from taken t
     left join lateral (
       select max(o.change_id) as id from taken o
       where o.what = 'change' and o.dataset = t.dataset and o.day = t.day and o.in_transaction = t.in_transaction
     ) same on t.what = 'state'
     left join ops.change c on c.id = case t.what
       when 'change' then t.change_id
       when 'state' then coalesce(same.id, (select max(l.id) from ops.change l where l.dataset = t.dataset and l.day = t.day)) end
     order by t.id`,
    [limit],
  );
  return rows.map(moveOf);
}

function moveOf(row: Row): TakenMove {
  const { id, dataset, day, at, changeId } = row;
  const base = { id, dataset, day, at, changeId };
  const change = changeOf(row);
  if (row.what === 'change' && change)
    return { ...base, what: 'change', change } satisfies ChangeMove & { changeId: number | null };
  if (row.what === 'finding') {
    const { rule, severity, findings, reason, payloadId } = row;
    return {
      ...base,
      what: 'finding',
      rule: rule ?? '',
      severity,
      findings,
      reason: reason ?? '',
      payloadId,
    };
  }
  const { before, after, error } = row;
  return { ...base, what: 'state', before, after, hadError: row.hadError === true, error, change };
}

function changeOf({
  cursor,
  kind,
  knownAt,
  newPoints,
  revisedPoints,
  nulledPoints,
  largestDifference,
}: Row): DayChange | null {
  if (cursor === null) return null;
  return {
    cursor,
    kind,
    knownAt,
    newPoints,
    revisedPoints,
    nulledPoints,
    largestDifference,
    largestRelative: null,
  };
}
