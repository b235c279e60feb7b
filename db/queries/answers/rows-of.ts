/** Some rows of a relation from one statement, in order of their key, as cells. */
import statement, { empty } from 'sql-template-tag';
import type { Sql } from '../../connection/client.ts';
import { type Cells, cellsOf } from './cells.ts';
import type { Gate, Page } from './knowledge.ts';
import {
  behind,
  columnsOf,
  conditionsOf,
  orderOf,
  type RowSelection,
  relationOf,
  sourceOf,
} from './relation.ts';

/** @param gates of the days that are read; empty for states of knowledge without gates. */
export async function rowsOf(
  sql: Sql,
  selection: RowSelection,
  gates: readonly Gate[],
  { after, limit }: Page,
): Promise<Cells[]> {
  const relation = relationOf(selection);
  const made = statement`
    select ${columnsOf(selection)}
    from ${sourceOf(selection.dataset, selection.knowledge, gates)} o
    where ${conditionsOf(selection)} ${after ? statement`and ${behind(relation, after)}` : empty}
    order by ${orderOf(relation)}
    ${limit === null ? empty : statement`limit ${limit}`}`;
  const { rows } = await sql.query(cellsOf(made));
  return rows as Cells[];
}
