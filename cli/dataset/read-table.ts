/** Finds the table in a body of unknown structure: JSON or delimited text, its rows and the names of its columns. Pure. */

import { isNumber, tableOf } from '../../domain/lines/detect-table.ts';
import { TEXT_FORMS } from '../../domain/lines/detect-time.ts';
import { readTime } from '../../domain/lines/time-text.ts';
import { delimitedRows } from '../../kit/decode/delimited-table.ts';
import { rowsIn } from '../../kit/decode/json-table.ts';
import { isRow, type Row } from '../../kit/decode/points-of-rows.ts';
import { UsageError } from '../usage-error.ts';

/** A table, and how it was parsed. */
export interface FoundTable {
  readonly rows: readonly Row[];
  readonly names: readonly string[];
  readonly text?: {
    readonly delimiter: ',' | ';' | '\t' | '|';
    readonly linesAbove: number;
    readonly named: boolean;
  };
  /** Where the rows are in JSON. */
  readonly path?: readonly string[];
}

/** @throws UsageError for a body that is neither, or has no rows */
export function readTable(body: Uint8Array, origin: string): FoundTable {
  const text = new TextDecoder().decode(body).replace(/^\ufeff/, '');
  const start = text.trimStart();
  if (start === '') throw new UsageError(`${origin} is empty: give an answer with rows in it`);
  if (isZip(body))
    throw new UsageError(`${origin} is a zip: unpack it, draft from a member, and read it with zipMembers`);
  if (start.startsWith('<'))
    throw new UsageError(
      `${origin} is XML or HTML (${JSON.stringify(start.slice(0, 40))}): write "decode" with readXml (docs/datasets.md)`,
    );
  const found = /^[[{]/.test(start) ? jsonTable(start, origin) : delimitedText(body, text, origin);
  if (found.rows.length > 0) return found;
  throw new UsageError(`${origin} has a table without rows: give an answer of a day that is published`);
}

function isZip(body: Uint8Array): boolean {
  return body[0] === 0x50 && body[1] === 0x4b;
}

function jsonTable(text: string, origin: string): FoundTable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${origin} begins like JSON and is none: ${(error as Error).message}`);
  }
  const [path] = pathsToRows(value, []).toSorted((a, b) => sizeAt(value, b) - sizeAt(value, a));
  if (!path)
    throw new UsageError(`${origin} is JSON without a list of rows: write "decode" with parseJson by hand`);
  const rows = rowsIn(value, { rows: path }).filter(isRow);
  return { rows, names: [...new Set(rows.flatMap((row) => Object.keys(row)))], path };
}

function sizeAt(value: unknown, path: readonly string[]): number {
  return rowsIn(value, { rows: path }).length;
}

/** Lists of objects; not those inside of rows. */
function pathsToRows(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (Array.isArray(value)) return value.length > 0 && value.every(isRow) ? [path] : [];
  if (!isRow(value) || path.length > 5) return [];
  return Object.entries(value).flatMap(([name, inner]) => pathsToRows(inner, [...path, name]));
}

function delimitedText(body: Uint8Array, text: string, origin: string): FoundTable {
  const table = tryTable(text.endsWith('\n') ? text : `${text}\n`, origin);
  const first = table.rows.find(({ cells }) => cells.length === table.columns);
  if (!first) throw new UsageError(`${origin} has no line of ${table.columns} cells`);
  const named = !first.cells.some((cell) => isNumber(cell) || isTime(cell));
  const about = { delimiter: table.delimiter, linesAbove: first.line - 1, named };
  const names = named ? first.cells : first.cells.map((_, i) => `column_${i + 1}`);
  const { rows } = delimitedRows(body, {
    ...{ delimiter: about.delimiter, linesAbove: about.linesAbove, ...(named ? {} : { names }) },
    ...({} as { time: never; columns: 'others' }),
  });
  return { rows, names: names.map((name) => name.trim()), text: about };
}

function tryTable(text: string, origin: string) {
  try {
    return tableOf(text, {});
  } catch {
    const start = JSON.stringify(text.trimStart().slice(0, 60));
    throw new UsageError(
      `${origin} is neither JSON nor delimited text that can be told (it begins with ${start}): write "decode" by hand`,
    );
  }
}

function isTime(cell: string): boolean {
  return TEXT_FORMS.some((form) => typeof readTime(cell, form) !== 'string');
}
