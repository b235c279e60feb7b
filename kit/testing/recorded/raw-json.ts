/** The cells of a JSON text with their places. Rows are objects and lists in a list; of nested ones the innermost. */
import { type Node, parseTree } from 'jsonc-parser';
import type { RawCell, RawRow, RawText } from './raw-body.ts';

export function jsonRows(text: string): RawText | undefined {
  const root = parseTree(text, [], { disallowComments: true });
  if (!root) return undefined;
  const found: { rows: RawRow[]; beside: RawCell[] } = { rows: [], beside: [] };
  visit(root, '', found.beside, found.rows, text);
  return { ...found, rows: found.rows.toSorted((a, b) => a.at - b.at), between: ',', nothing: 'null' };
}

/** @param cells those of the row that the node is in */
function visit(node: Node, column: string, cells: RawCell[], rows: RawRow[], text: string): void {
  const { type, children = [], offset: at, length } = node;
  if (type === 'property') {
    const [key, value] = children;
    if (value) visit(value, String(key?.value), cells, rows, text);
    return;
  }
  if (type !== 'array' && type !== 'object') {
    cells.push({
      column,
      text: type === 'string' ? String(node.value) : text.slice(at, at + length),
      at,
      length,
    });
    return;
  }
  const areRows = type === 'array' && children.length > 1 && children.every(isContainer);
  for (const [i, child] of children.entries()) {
    const name = type === 'array' ? (isContainer(child) ? column : String(i)) : column;
    if (areRows) visitRow(child, name, rows, text);
    else visit(child, name, cells, rows, text);
  }
}

function visitRow(node: Node, column: string, rows: RawRow[], text: string): void {
  const cells: RawCell[] = [];
  const inner: RawRow[] = [];
  visit(node, column, cells, inner, text);
  if (inner.length > 0) rows.push(...inner);
  else rows.push({ at: node.offset, length: node.length, cells });
}

function isContainer({ type }: Node): boolean {
  return type === 'object' || type === 'array';
}
