/** Records about an area that the source does not know: another area stands in. */
import statement, { raw } from 'sql-template-tag';
import { isOfRecords } from '../../../domain/dataset/dataset.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { fieldOf } from '../../migration/storage.ts';
import { gatesInRange } from '../answers/knowledge.ts';
import { conditionsOf, type RowSelection, sourceOf } from '../answers/relation.ts';

/** Whether some of the selected records are those of another area, which stands in. */
export async function standsIn(sql: Sql, selection: RowSelection): Promise<boolean> {
  const { dataset, knowledge } = selection;
  if (!isOfRecords(dataset) || !dataset.location) return false;
  const { fallback } = dataset.location;
  const gates = await gatesInRange(sql, selection);
  const { rows } = await sql.query<{ found: boolean }>(
    statement`select exists (
      select from ${sourceOf(dataset, knowledge, gates)} o
      where ${conditionsOf(selection)} and o.${raw(fieldOf(fallback))}) as found`,
  );
  return onlyRow(rows).found;
}
