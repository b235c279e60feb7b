/** Statistics of publication, from the ledger, runs, payloads and the feed: one statement per group. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

/** Days with the instants at which each was expected, and from which it is late. */
export interface ExpectedDays {
  readonly days: readonly CivilDay[];
  readonly expected: readonly Date[];
  readonly deadlines: readonly Date[];
}

/**
 * Days whose publication was observed: a request was sent before it was expected, or an answer without it came before the first one with
 * it. A day that was loaded later says nothing about its publication.
 */
const WATCHED = `
  select e.day, e.expected, e.deadline, l.first_published_at as published, l.last_changed_at as changed
  from unnest($2::date[], $3::timestamptz[], $4::timestamptz[]) as e(day, expected, deadline)
  left join ops.delivery_day l on l.dataset = $1 and l.day = e.day
  where exists (
      select from ops.run r where r.dataset = $1 and r.day = e.day and r.started_at <= e.expected
    )
    or exists (
      select from ops.payload p
      where p.dataset = $1 and p.day = e.day and p.kind = 'empty' and p.fetched_at < l.first_published_at
    )`;

export interface PublicationFigures {
  /** Days whose publication was observed, or is pending. */
  readonly watched: number;
  readonly published: number;
  /** Days that were published after the deadline, or not at all. */
  readonly late: number;
  readonly unpublished: number;
  /** Minutes from the first instant of the day on the source's clock; negative: before the day. */
  readonly quartiles: readonly [number, number, number] | null;
  /** Minutes after the deadline of days that were published late. */
  readonly lateMinutesMedian: number | null;
  readonly lateMinutesMost: number | null;
}

/** When days are published. */
export async function publicationFigures(
  sql: Sql,
  dataset: string,
  { days, expected, deadlines }: ExpectedDays,
  timeZone: string,
): Promise<PublicationFigures> {
  const { rows } = await sql.query<PublicationFigures>(
    `select count(*) as watched, count(published) as published,
       count(*) filter (where published is null or published > deadline) as late,
       count(*) filter (where published is null) as unpublished,
       percentile_cont(array[0.25, 0.5, 0.75]) within group (
         order by extract(epoch from (published at time zone $5) - day::timestamp)::float8 / 60
       ) as quartiles,
       percentile_cont(0.5) within group (order by after) filter (where after > 0) as "lateMinutesMedian",
       max(after) filter (where after > 0) as "lateMinutesMost"
     from (${WATCHED}) w
     cross join lateral (select extract(epoch from published - deadline)::float8 / 60 as after) l`,
    [dataset, days, expected, deadlines, timeZone],
  );
  return onlyRow(rows);
}

export interface SettlingFigures {
  /** Days whose publication was observed, long enough ago. */
  readonly days: number;
  /** For each number of hours: days that did not change after that. */
  readonly unchanged: readonly number[];
  /** Hours from publication to the last change; 0 for a day that never changed. */
  readonly hoursMedian: number | null;
  readonly hoursNinetieth: number | null;
  readonly hoursMost: number | null;
}

/** How long days change after their publication. @param before only days published before this instant. */
export async function settlingFigures(
  sql: Sql,
  dataset: string,
  { days, expected, deadlines }: ExpectedDays,
  hours: readonly number[],
  before: Date,
): Promise<SettlingFigures> {
  const { rows } = await sql.query<SettlingFigures>(
    `with settled as (
       select extract(epoch from changed - published)::float8 / 3600 as hours from (${WATCHED}) w where published <= $6
     )
     select count(*) as days,
       (select array_agg((select count(*) from settled s where s.hours <= asked.hours)::int order by asked.position)
        from unnest($5::float8[]) with ordinality as asked(hours, position)) as unchanged,
       percentile_cont(0.5) within group (order by hours) as "hoursMedian",
       percentile_cont(0.9) within group (order by hours) as "hoursNinetieth",
       max(hours) as "hoursMost"
     from settled`,
    [dataset, days, expected, deadlines, hours, before],
  );
  return onlyRow(rows);
}

export interface RevisionFigures {
  /** Days of the range that have points. */
  readonly days: number;
  readonly revisedDays: number;
  readonly revisions: number;
  readonly mostRevisions: number;
  readonly revisedPoints: number;
}

/** How often values in a range of days were changed. */
export async function revisionFigures(
  sql: Sql,
  dataset: string,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
): Promise<RevisionFigures> {
  const { rows } = await sql.query<RevisionFigures>(
    `select l.days, l.revised as "revisedDays", l.revisions, l.most as "mostRevisions", c.points as "revisedPoints"
     from (
       select count(*) as days, count(*) filter (where revision > 0) as revised,
         coalesce(sum(revision), 0)::int8 as revisions, coalesce(max(revision), 0) as most
       from ops.delivery_day where dataset = $1 and day between $2 and $3 and first_published_at is not null
     ) l
     cross join (
       select coalesce(sum(revised_points + nulled_points), 0)::int8 as points
       from ops.change where dataset = $1 and day between $2 and $3 and kind = 'revised'
     ) c`,
    [dataset, from, to],
  );
  return onlyRow(rows);
}

export interface PayloadFigures {
  /** Answers to a single day that had points. */
  readonly payloads: number;
  readonly bytesMedian: number | null;
  readonly bytesLeast: number | null;
  readonly bytesMost: number | null;
}

/** The size of answers. */
export async function payloadFigures(
  sql: Sql,
  dataset: string,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
): Promise<PayloadFigures> {
  const { rows } = await sql.query<PayloadFigures>(
    `select count(*) as payloads, percentile_disc(0.5) within group (order by size_bytes) as "bytesMedian",
       min(size_bytes) as "bytesLeast", max(size_bytes) as "bytesMost"
     from ops.payload
     where dataset = $1 and day between $2 and $3 and kind = 'points' and batch_response_id is null`,
    [dataset, from, to],
  );
  return onlyRow(rows);
}
