/** Whether publishers are live or simulated in this database. Decided once, by the first payload of one. */
import { onlyRow, type Sql } from '../../connection/client.ts';

/** Null until the first payload. */
export async function isSimulated(sql: Sql): Promise<boolean | null> {
  const { rows } = await sql.query<{ simulated: boolean | null }>('select simulated from ops.instance');
  return onlyRow(rows).simulated;
}

/**
 * Whether anything in the catalogue, which every role can read, is made by the simulator.
 * @param dataset only this one: uploaded files, sent lines and what a library computes are not simulated. @default any
 */
export async function catalogIsSimulated(sql: Sql, dataset: string | null = null): Promise<boolean> {
  const { rows } = await sql.query<{ simulated: boolean | null }>(
    'select bool_or(simulated) as simulated from catalog.dataset where $1::text is null or dataset = $1',
    [dataset],
  );
  return onlyRow(rows).simulated ?? false;
}

/** The datasets that the simulator makes, by id. */
export async function simulatedDatasets(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ dataset: string }>(
    'select dataset from catalog.dataset where simulated',
  );
  return new Set(rows.map(({ dataset }) => dataset));
}

/** Decides it unless it was decided; returns the result. */
export async function claimInstance(sql: Sql, simulated: boolean): Promise<boolean> {
  const decided = await isSimulated(sql);
  if (decided !== null) return decided;
  await sql.query('update ops.instance set simulated = $1 where simulated is null', [simulated]);
  // Another session may have been first.
  return (await isSimulated(sql)) ?? simulated;
}
