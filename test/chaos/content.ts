/**
 * What a database holds in the end, as far as the publication determines it: instants of knowledge, ids, cursors and how
 * often the source was asked stay out. Two databases with the same content give the same lines.
 */
import { openDatabase, type Sql } from '../../db/connection/client.ts';
import type { Plan } from './plan.ts';

export type Content = Readonly<Record<string, readonly string[]>>;

/**
 * The answers to requests for each day, in order. Whether a day was asked for alone or together with its neighbour is an accident of
 * the moment, and gives other bytes that mean the same: an answer that means what the one before it meant is not counted,
 * and in which row of the answer a point stands is told by its instant.
 */
const ANSWERS = `with answers as materialized (
    select id, dataset, day, fetched_at, kind, status, encode(content_sha256, 'hex') as content,
      row_number() over (partition by dataset, day order by fetched_at) as nth
    from (select *, lag(content_sha256) over (partition by dataset, day order by fetched_at) as before from ops.payload) p
    where content_sha256 is distinct from before)`;

/** Other datasets have their own pace, and nobody asked for them. */
const ONE = "dataset = 'jao-core.max-exchanges'";

/** Which day's finding tells of a new series depends on which day came first; who is told of it does not. */
const PARTS: Readonly<Record<string, string>> = {
  observations: `select delivery_day, starts_at, series, value from jao_core.max_exchanges
    where delivery_day between $1 and $2 order by series, starts_at`,
  versions: `select delivery_day, starts_at, series, value, known_to is null as current,
      row_number() over (partition by series, starts_at order by known_from) as nth
    from jao_core.max_exchanges_versions where delivery_day between $1 and $2 order by series, starts_at, nth`,
  ledger: `select day, state, expected_points, present_points, quarantined_points, revision, error,
      first_published_at is not null as published, completed_at is not null as completed
    from ops.delivery_day where ${ONE} and day between $1 and $2 order by day`,
  payloads: `${ANSWERS} select day, nth, kind, status, content from answers where ${ONE} and day between $1 and $2 order by day, nth`,
  findings: `${ANSWERS} select f.day, f.rule, f.severity, f.series, f.starts_at, f.points,
      case when f.starts_at is null then f.place else regexp_replace(f.place, '^data\\[\\d+\\]', 'data[]') end as place,
      f.raw, f.reason, f.resolution,
      f.resolved_by, (select max(answers.nth) from answers
        where answers.dataset = f.dataset and answers.day = f.day and answers.fetched_at <= p.fetched_at) as nth
    from ops.finding f left join ops.payload p on p.id = f.payload_id
    where f.${ONE} and f.day between $1 and $2 and f.rule <> 'new_series'
    order by f.day, nth, f.rule, f.series, f.starts_at, place, f.raw, f.reason`,
  'new series': `select sum(substring(reason from '^\\d+')::int) as series from ops.finding where ${ONE} and rule = 'new_series'`,
  series: `select series, attributes from catalog.series where ${ONE} order by series`,
  changes: `select day, row_number() over (partition by day order by cursor) as nth, kind, new_points, revised_points,
      nulled_points, largest_difference
    from ops.change where ${ONE} and day between $1 and $2 order by day, nth`,
};

/** The days that are compared, both ends included. */
type Range = Pick<Plan, 'from' | 'to'>;

export async function contentOf(url: string, range: Range): Promise<Content> {
  const database = openDatabase({ url, application: 'tidemark chaos' });
  try {
    return await contentIn(database, range);
  } finally {
    await database.end();
  }
}

/** The same, seen from within a session or a transaction. */
export async function contentIn(sql: Sql, { from, to }: Range): Promise<Content> {
  const parts: Record<string, string[]> = {};
  for (const [name, text] of Object.entries(PARTS)) {
    const { rows } = await sql.query(text, text.includes('$1') ? [from, to] : []);
    parts[name] = rows.map((row) => JSON.stringify(row));
  }
  return parts;
}

/** Rows of one that the other has not, by part. */
export function differences(actual: Content, expected: Content): string[] {
  return Object.keys(PARTS).flatMap((part) => [
    ...without(actual[part] ?? [], expected[part] ?? []).map((row) => `${part}: too many: ${row}`),
    ...without(expected[part] ?? [], actual[part] ?? []).map((row) => `${part}: missing: ${row}`),
  ]);
}

/** By count, not as a set: a row that is there twice is one too many. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    if (count > 0) left.set(row, count - 1);
    return count === 0;
  });
}
