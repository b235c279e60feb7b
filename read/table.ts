/** Tables of rows: what every answer is made of, whoever gives it and in which format. */
import type { Sql } from '../db/connection/client.ts';
import type { Cells } from '../db/queries/answers/cells.ts';
import type { Page } from '../db/queries/answers/knowledge.ts';
import { readRows } from '../db/queries/answers/read-rows.ts';
import { relationOf } from '../db/queries/answers/relation.ts';
import type { Relation } from '../domain/dataset/relation.ts';
import { type Question, selectionOf } from './question.ts';

/** Rows that can be read: columns, their key, and the rows in the order of it. */
export interface Table extends Relation {
  read(sql: Sql, page: Page): AsyncIterable<Cells[]>;
}

/** The rows that a question asks for. @param chunkMs as it was for a pin. */
export function tableOf(question: Question, chunkMs?: number): Table {
  const selection = selectionOf(question, chunkMs);
  return { ...relationOf(question), read: (sql, page) => readRows(sql, selection, page) };
}
