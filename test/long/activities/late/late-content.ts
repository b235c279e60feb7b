/** Everything that readers and operators see of a unit and the next, without instants, ids, and what the day is called. */
import { storageOf } from '../../../../db/migration/storage.ts';
import { addDays, type CivilDay } from '../../../../domain/time/civil-day.ts';
import type { TestEnvironment } from '../../../support/test-environment.ts';
import { DERIVED } from './datasets.ts';

export interface Unit {
  readonly dataset: string;
  readonly day: CivilDay;
}

const VALUES = {
  points: `series, value, extract(epoch from starts_at)::bigint % 86400 as second`,
  records: `regexp_replace(key, '\\d{4}-\\d\\d-\\d\\d', '', 'g') as key, regexp_replace(body::text, '\\d{4}-\\d\\d-\\d\\d', '', 'g') as body, revision`,
};

export async function contentOf(
  { rows }: Pick<TestEnvironment, 'rows'>,
  { dataset, day }: Unit,
  shape: keyof typeof VALUES,
) {
  const days = [day, addDays(day, 1)];
  const place = shape === 'points' ? 'series, starts_at' : 'key';
  // A computed payload names ids of others, which get longer.
  const size = dataset === DERIVED.id ? '0 as size_bytes' : 'size_bytes';
  const of = (columns: string, table: string, order: string) =>
    rows<Record<string, unknown>>(
      `select day - $2::date as n, ${columns} from ${table}
       where dataset = $1 and day between $2 and $3 order by n, ${order}`,
      [dataset, ...days],
    );
  return {
    versions: await rows(
      `select delivery_day - $1::date as n, ${VALUES[shape]}, known_to is null as current,
         rank() over (partition by delivery_day, ${place} order by known_from) as nth
       from ${storageOf(dataset).versions} where delivery_day between $1 and $2
       order by n, ${place}, known_from`,
      days,
    ),
    ledger: await of(
      `state, expected_points, present_points, quarantined_points, revision, split_part(error, ':', 1) as error`,
      'ops.delivery_day',
      'day',
    ),
    runs: await of(
      `trigger, outcome, split_part(error, ':', 1) as error, dense_rank() over (partition by day order by payload_id) as payload,
         rank() over (partition by day order by finished_at) as ended`,
      'ops.run',
      'id',
    ),
    payloads: await of(`${size}, seen_count, kind`, 'ops.payload', 'fetched_at, id'),
    feed: await of('kind, new_points, revised_points, nulled_points', 'ops.change', 'cursor'),
    // The first day with a series says that it is new.
    findings: (await of('rule, severity, resolution, points', 'ops.finding', 'found_at, rule, id')).filter(
      ({ rule }) => rule !== 'new_series',
    ),
    decisions: await of('verb, reason', 'ops.decision', 'id'),
    backfills: await rows(
      `select b.summary, rank() over (order by b.finished_at) as ended,
         (select array_agg(d.outcome order by d.day) from ops.backfill_day d where d.backfill_id = b.id) as days
       from ops.backfill b where b.dataset = $1 and b.from_day = $2 order by b.id`,
      [dataset, day],
    ),
    loads: await rows(
      `select l.result - 'summary' as result, l.stopped, rank() over (order by l.finished_at) as ended
       from ops.load l join ops.file f on f.id = l.file_id
       where f.dataset = $1 and (f.name like '%' || $2 || '%' or f.name like '%' || $3 || '%') order by l.id`,
      [dataset, ...days],
    ),
  };
}
