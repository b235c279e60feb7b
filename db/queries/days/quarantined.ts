/** How many points a rule quarantines, of some days, series and instants. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface QuarantinedOf {
  readonly first: CivilDay | null;
  readonly last: CivilDay | null;
  /** Instants, half-open. Null: no bound. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** Series, or keys of records; null: all. */
  readonly names: readonly string[] | null;
}

export async function quarantinedPoints(
  sql: Sql,
  dataset: string,
  { first, last, from, to, names }: QuarantinedOf,
): Promise<number> {
  const { rows } = await sql.query<{ points: number }>(
    `select coalesce(sum(points), 0)::int8 as points from ops.finding
     where dataset = $1 and severity = 'block' and resolution = 'open'
       and ($2::date is null or day >= $2) and ($3::date is null or day <= $3)
       and ($4::timestamptz is null or starts_at is null or starts_at >= $4)
       and ($5::timestamptz is null or starts_at is null or starts_at < $5)
       and ($6::text[] is null or series = any($6))`,
    [dataset, first, last, from, to, names],
  );
  return onlyRow(rows).points;
}
