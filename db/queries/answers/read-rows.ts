/** The rows of a query, in order of their key, in pieces of some thousand. */
import { isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { Sql } from '../../connection/client.ts';
import { type PointSelection, readPoints } from '../points/rows.ts';
import { readRecords } from '../records/record-rows.ts';
import type { Cells } from './cells.ts';
import type { Page } from './knowledge.ts';
import type { RowSelection } from './relation.ts';

/** Cells are in the order of the columns of `relationOf`; memory does not grow with the number of rows. */
export function readRows(
  sql: Sql,
  selection: RowSelection | PointSelection,
  page: Page,
): AsyncIterable<Cells[]> {
  return isOfPointSelection(selection) ? readPoints(sql, selection, page) : readRecords(sql, selection, page);
}

function isOfPointSelection(selection: RowSelection | PointSelection): selection is PointSelection {
  return !isOfRecords(selection.dataset);
}
