/** How many rows a selection of records has. */
import statement from 'sql-template-tag';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { conditionsOf, type RowSelection, sourceOf } from '../answers/relation.ts';

export async function countRecords(sql: Sql, selection: RowSelection): Promise<number> {
  const { dataset, knowledge } = selection;
  const { rows } = await sql.query<{ records: number }>(
    statement`select count(*)::int8 as records from ${sourceOf(dataset, knowledge, [])} o where ${conditionsOf(selection)}`,
  );
  return onlyRow(rows).records;
}
