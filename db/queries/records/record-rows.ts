/** Records as rows of plain values, in order of their key, some thousand per statement. */
import { ROWS_OF_A_CHUNK } from '../../../domain/time/chunks.ts';
import type { Sql } from '../../connection/client.ts';
import type { Cells } from '../answers/cells.ts';
import { gatesInRange, type Page } from '../answers/knowledge.ts';
import { type RowSelection, relationOf } from '../answers/relation.ts';
import { rowsOf } from '../answers/rows-of.ts';

/** Memory does not grow with their number. */
export async function* readRecords(
  sql: Sql,
  selection: RowSelection,
  { after: first, limit }: Page,
): AsyncGenerator<Cells[]> {
  const { key } = relationOf(selection);
  const gates = await gatesInRange(sql, selection);
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (let after = first; left > 0; ) {
    const most = Math.min(left, ROWS_OF_A_CHUNK);
    const rows = await rowsOf(sql, selection, gates, { after, limit: most });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < most) return;
    left -= rows.length;
    after = key.map((index) => last[index] as Cells[number]);
  }
}
