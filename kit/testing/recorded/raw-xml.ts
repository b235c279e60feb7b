/** The cells of an XML text with their places: elements without children. Rows are elements with siblings of their name; the innermost. */
import { SaxesParser } from 'saxes';
import type { RawCell, RawRow, RawText } from './raw-body.ts';

interface Element {
  readonly name: string;
  readonly at: number;
  /** Where its content begins. */
  readonly from: number;
  length: number;
  contentLength: number;
  readonly children: Element[];
}

export function xmlRows(text: string): RawText | undefined {
  const root = treeOf(text);
  if (!root) return undefined;
  const found: { rows: RawRow[]; beside: RawCell[] } = { rows: [], beside: [] };
  visit(root, found.beside, found.rows, text);
  return { ...found, between: '', nothing: '' };
}

/** @returns undefined where it is no XML */
function treeOf(text: string): Element | undefined {
  const parser = new SaxesParser();
  const open: Element[] = [];
  let [root, isBroken, begins]: [Element | undefined, boolean, number] = [undefined, false, 0];
  parser.on('error', () => {
    isBroken = true;
  });
  parser.on('opentagstart', () => {
    begins = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', ({ name }) => {
    const local = name.slice(name.indexOf(':') + 1);
    open.push({ name: local, at: begins, from: parser.position, length: 0, contentLength: 0, children: [] });
  });
  parser.on('closetag', () => {
    const closed = open.pop() as Element;
    closed.length = parser.position - closed.at;
    closed.contentLength = Math.max(0, text.lastIndexOf('<', parser.position - 1) - closed.from);
    const parent = open.at(-1);
    if (parent) parent.children.push(closed);
    else root = closed;
  });
  parser.write(text).close();
  return isBroken ? undefined : root;
}

/** @param cells those of the row that the element is in */
function visit({ children }: Element, cells: RawCell[], rows: RawRow[], text: string): void {
  const names = children.map(({ name }) => name);
  for (const child of children) {
    const isRow = child.children.length > 0 && names.indexOf(child.name) !== names.lastIndexOf(child.name);
    if (isRow) visitRow(child, rows, text);
    else if (child.children.length > 0) visit(child, cells, rows, text);
    else cells.push(cellOf(child, text));
  }
}

function visitRow(element: Element, rows: RawRow[], text: string): void {
  const cells: RawCell[] = [];
  const inner: RawRow[] = [];
  visit(element, cells, inner, text);
  if (inner.length > 0) rows.push(...inner);
  else rows.push({ at: element.at, length: element.length, cells });
}

function cellOf({ name, from, contentLength }: Element, text: string): RawCell {
  return { column: name, text: text.slice(from, from + contentLength), at: from, length: contentLength };
}
