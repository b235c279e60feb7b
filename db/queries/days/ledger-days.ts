/** Which days of a range are in the ledger: others have no rows. */
import { isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import type { RowSelection } from '../answers/relation.ts';

/**
 * Ascending; for points with a day before and after the range, to cover every time zone. Records may belong to any unit of work, so all
 * days are included.
 */
export async function ledgerDays(
  sql: Sql,
  { dataset, from, to }: Pick<RowSelection, 'dataset' | 'from' | 'to'>,
): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    `select day from catalog.delivery_day
     where dataset = $1 and ($2::timestamptz is null or day >= $2::timestamptz::date - 1) and ($3::timestamptz is null or day <= $3::timestamptz::date + 1)
     order by day`,
    isOfRecords(dataset) ? [dataset.id, null, null] : [dataset.id, from, to],
  );
  return rows.map(({ day }) => day);
}
