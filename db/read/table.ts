/** Tables of rows: what every answer is made of, in the API and the command, in any format. */

import type { Relation } from '../../domain/dataset/relation.ts';
import type { Sql } from '../connection/client.ts';
import type { Cells } from '../queries/answers/cells.ts';
import type { Page } from '../queries/answers/knowledge.ts';
import { relationOf } from '../queries/answers/relation.ts';
import { readRows } from '../queries/answers/rows.ts';
import { type Question, selectionOf } from './question.ts';

/** A readable table: its columns, their key, and the rows in order of the key. */
export interface Table extends Relation {
  read(sql: Sql, page: Page): AsyncIterable<Cells[]>;
}

/** The rows of a query. @param chunkMs the length stored with a pin */
export function tableOf(question: Question, chunkMs?: number): Table {
  const selection = selectionOf(question, chunkMs);
  return { ...relationOf(question), read: (sql, page) => readRows(sql, selection, page) };
}
