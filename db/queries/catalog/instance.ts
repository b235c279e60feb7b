/** Whether this database holds live or simulated data. Decided once, by the first payload. */
import { onlyRow, type Sql } from '../../connection/client.ts';

/** Null until the first payload. */
export async function isSimulated(sql: Sql): Promise<boolean | null> {
  const { rows } = await sql.query<{ simulated: boolean | null }>('select simulated from ops.instance');
  return onlyRow(rows).simulated;
}

/** The same from the catalogue, which every role can read. */
export async function catalogIsSimulated(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ simulated: boolean | null }>(
    'select bool_or(simulated) as simulated from catalog.dataset',
  );
  return onlyRow(rows).simulated ?? false;
}

/** Decides it unless it was decided; returns the result. */
export async function claimInstance(sql: Sql, simulated: boolean): Promise<boolean> {
  const decided = await isSimulated(sql);
  if (decided !== null) return decided;
  await sql.query('update ops.instance set simulated = $1 where simulated is null', [simulated]);
  // Another session may have been first.
  return (await isSimulated(sql)) ?? simulated;
}
