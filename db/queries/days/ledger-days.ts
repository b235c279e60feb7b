/** Which days of a range the ledger has: others have no rows. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';

/** Ascending; with a day before and after the range, whatever the time zone of the delivery days. */
export async function ledgerDays(
  sql: Sql,
  { dataset, from, to }: { readonly dataset: string; readonly from: Date; readonly to: Date },
): Promise<CivilDay[]> {
  const { rows } = await sql.query<{ day: CivilDay }>(
    `select day from ops.delivery_day
     where dataset = $1 and day between $2::timestamptz::date - 1 and $3::timestamptz::date + 1 order by day`,
    [dataset, from, to],
  );
  return rows.map(({ day }) => day);
}
