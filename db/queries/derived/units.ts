/** Units of derived datasets: which of them an input has changed, and what they were computed from. */

import type { DerivedPoints } from '../../../domain/dataset/derive.ts';
import { addDays, type CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

/**
 * How far the feed of the inputs was read, with a lock: one reader at a time.
 * @param inputs their ids, ascending; if they changed it starts again.
 */
export async function lockFollowed(sql: Sql, dataset: string, inputs: readonly string[]): Promise<number> {
  const { rows } = await sql.query<{ readTo: number }>(
    `insert into ops.derived as d (dataset, inputs) values ($1, $2)
     on conflict (dataset) do update set
       inputs = excluded.inputs, read_to = case when d.inputs = excluded.inputs then d.read_to else 0 end
     returning read_to as "readTo"`,
    [dataset, inputs],
  );
  return onlyRow(rows).readTo;
}

export async function noteFollowed(sql: Sql, dataset: string, cursor: number): Promise<void> {
  await sql.query('update ops.derived set read_to = $2 where dataset = $1', [dataset, cursor]);
}

export interface MovedDay {
  readonly dataset: string;
  readonly day: CivilDay;
  /** Cursor of its newest change. */
  readonly cursor: number;
}

/** Days of some datasets that changed after a cursor and up to another. What retention drops does not count. */
export async function movedDays(
  sql: Sql,
  datasets: readonly string[],
  after: number,
  upTo: number,
): Promise<MovedDay[]> {
  const { rows } = await sql.query<MovedDay>(
    `select dataset, day, max(cursor) as cursor
     from ops.change
     where dataset = any($1) and cursor > $2 and cursor <= $3 and kind <> 'dropped'
     group by dataset, day`,
    [datasets, after, upTo],
  );
  return rows;
}

/** Records units that a changed input affects. @param units each once. */
export async function noteMoved(
  sql: Sql,
  dataset: string,
  units: ReadonlyMap<CivilDay, number>,
): Promise<void> {
  await sql.query(
    `insert into ops.derived_unit as u (dataset, day, moved_to)
     select $1, day, moved_to from unnest($2::date[], $3::bigint[]) as moved (day, moved_to)
     on conflict (dataset, day) do update set moved_to = greatest(u.moved_to, excluded.moved_to)`,
    [dataset, [...units.keys()], [...units.values()]],
  );
}

/**
 * Units due for computing, newest first. One that failed within the last hour is skipped: the function is deterministic, but the failure
 * may have had another cause.
 */
export async function dueUnits(
  sql: Sql,
  dataset: string,
  {
    version,
    now,
    upTo,
    limit,
  }: {
    readonly version: number;
    readonly now: Date;
    /** No unit after this day; null: no limit. */
    readonly upTo: CivilDay | null;
    readonly limit: number;
  },
): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    `select u.day
     from ops.derived_unit u
     where u.dataset = $1 and (u.moved_to > u.computed_to or u.computed_by < $2) and ($5::date is null or u.day <= $5)
       and not exists (
         select from ops.run r
         where r.dataset = u.dataset and r.day = u.day and r.outcome = 'failed' and r.finished_at > $3::timestamptz - interval '1 hour'
       )
     order by u.day desc
     limit $4`,
    [dataset, version, now, limit, upTo],
  );
  return rows.map(({ day }) => day);
}

/** All units ever recorded. */
export async function notedUnits(sql: Sql, dataset: string): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    'select day from ops.derived_unit where dataset = $1 order by day',
    [dataset],
  );
  return rows.map(({ day }) => day);
}

/** Records that a unit was computed from what its inputs held at a cursor. */
export async function noteComputed(
  sql: Sql,
  unit: { readonly dataset: string; readonly day: CivilDay },
  cursor: number,
  version: number,
): Promise<void> {
  await sql.query(
    `insert into ops.derived_unit as u (dataset, day, computed_to, computed_by) values ($1, $2, $3, $4)
     on conflict (dataset, day) do update set
       computed_to = greatest(u.computed_to, excluded.computed_to), computed_by = excluded.computed_by`,
    [unit.dataset, unit.day, cursor, version],
  );
}

// The days that a unit is computed from and that are in progress.

/**
 * When the last of them is due (null without any, and where no instant is known), the share of points that was due of the one that is least
 * far, and whether files have only a part of one.
 */
export async function inputsInProgress(
  sql: Sql,
  { derive }: DerivedPoints,
  unit: CivilDay,
): Promise<{ readonly at: Date | null; readonly share: number; readonly isInOtherFiles: boolean }> {
  const inputs = Object.values(derive.inputs).filter(({ until }) => until === undefined);
  const { rows } = await sql.query<Awaited<ReturnType<typeof inputsInProgress>>>(
    `select case when bool_and(l.due_at is not null) then max(l.due_at) end as at,
       coalesce(min(l.due_points / l.expected_points::float8), 1) as share,
       coalesce(bool_or(l.due_at is null), false) as "isInOtherFiles"
     from unnest($1::text[], $2::date[], $3::date[]) as i(dataset, first, last)
     join ops.delivery_day l on l.dataset = i.dataset and l.day between i.first and i.last and l.state = 'in_progress'`,
    [
      inputs.map(({ dataset }) => dataset),
      inputs.map(({ days: { before = 0 } = {} }) => addDays(unit, -before)),
      inputs.map(({ days: { after = 0 } = {} }) => addDays(unit, after)),
    ],
  );
  return onlyRow(rows);
}
