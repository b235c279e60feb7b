/** The days that a unit is computed from and that are in progress. */
import type { DerivedPoints } from '../../../domain/dataset/derive.ts';
import { addDays, type CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

/** When the last of them is due (null without any), and the share of points that was due of the one that is least far. */
export async function inputsInProgress(
  sql: Sql,
  { derive }: DerivedPoints,
  unit: CivilDay,
): Promise<{ readonly at: Date | null; readonly share: number }> {
  const inputs = Object.values(derive.inputs).filter(({ until }) => until === undefined);
  const { rows } = await sql.query<{ at: Date | null; share: number }>(
    `select max(l.due_at) as at, coalesce(min(l.due_points / l.expected_points::float8), 1) as share
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
