// Rows read from recorded bodies of the publisher, kept byte for byte. Every recorded hour counts as published. The files
// <region>_<table>*.json of a folder are served under the path of that name. If two files of a table hold the same interval, the file whose
// name sorts last is served.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { dayEndMs, dayStartMs } from './business-day.ts';
import { readRecordings } from './entsoe/recorded.ts';
import { parseInstantMs, wrong } from './input.ts';
import { type Row, type RowSource, type TableRows, VALUE_PREFIX } from './rows.ts';
import { isInside } from './window.ts';

const FILE_NAME = /^([a-z]+_[a-z0-9]+)[_.].*\.?json$/i;
const VALUE = new RegExp(`^${VALUE_PREFIX}`);

/** A source over a folder of recorded bodies. Throws an InputError when there is nothing to serve. */
export function createRecordedSource(folder: string): RowSource {
  const tables = readFolder(folder);
  const total = tables.reduce((sum, { count }) => sum + count, 0);
  const name = basename(resolve(folder));
  return {
    label: ['x-tidemark-recording', encodeURIComponent(name)],
    description: `recorded values, ${total} rows from ${name}`,
    tables,
  };
}

function readFolder(folder: string): RecordedTable[] {
  const found = new Map<string, Row[]>();
  for (const file of filesIn(folder)) {
    const name = FILE_NAME.exec(file)?.[1]?.replace('_', '/') ?? '';
    const rows = readRows(readFileSync(join(folder, file), 'utf8'));
    found.set(name, [...(found.get(name) ?? []), ...rows]);
  }
  const tables = [...found].map(([name, rows]) => recordedTable(name, rows));
  if (tables.some(({ count }) => count > 0) || readRecordings(folder).length > 0) return tables;
  throw wrong(
    'recorded',
    folder,
    'a folder with recorded bodies named <region>_<table>*.json, or aNN_*.xml and aNN_*.zip',
  );
}

interface RecordedTable extends TableRows {
  readonly count: number;
}

function recordedTable(name: string, found: readonly Row[]): RecordedTable {
  const rows = new Map(found.map((row) => [row.startsAtMs, row]));
  const ordered = [...rows.values()].sort((left, right) => left.startsAtMs - right.startsAtMs);
  return {
    name,
    count: ordered.length,
    rows(day) {
      const window = { fromMs: dayStartMs(day), toMs: dayEndMs(day) };
      return ordered.filter(({ startsAtMs }) => isInside(window, startsAtMs));
    },
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => FILE_NAME.test(file))
      .sort();
  } catch {
    throw wrong('recorded', folder, 'a folder that can be read');
  }
}

/** The rows of one body; none when it is not an envelope of rows with times and values. */
function readRows(body: string): Row[] {
  const envelope = parseJson(body);
  if (!isRecord(envelope) || Object.keys(envelope).join() !== 'data,rejected,messages') return [];
  if (!Array.isArray(envelope.data) || !envelope.data.every(isTableRow)) return [];
  return rawRows(body).map((text) => ({
    startsAtMs: parseInstantMs(JSON.parse(text).dateTimeUtc) ?? 0,
    text,
  }));
}

function isTableRow(row: unknown): boolean {
  if (!isRecord(row) || parseInstantMs(String(row.dateTimeUtc)) === undefined) return false;
  const values = Object.entries(row).filter(([key]) => VALUE.test(key));
  return values.length > 0 && values.every(([, value]) => value === null || typeof value === 'number');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Finds the objects of the "data" array in a recorded body and keeps each one's exact text. The text is scanned character by character and
// strings are recognised, so a bracket inside a string does no harm.

/** The raw text of every object in the array of the top-level key "data". The body must be valid JSON. */
export function rawRows(body: string): string[] {
  const rows: string[] = [];
  let depth = 0;
  let startedAt = 0;
  for (let index = arrayStart(body); index < body.length; index += 1) {
    const character = body[index];
    if (character === '"') index = stringEnd(body, index);
    else if (character === '{' || character === '[') {
      if (depth === 1) startedAt = index;
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 1) rows.push(body.slice(startedAt, index + 1));
      if (depth === 0) return rows;
    }
  }
  return rows;
}

/** Where the array of "data" opens; the recorded envelope begins with that key. */
function arrayStart(body: string): number {
  const opening = /^\s*\{\s*"data"\s*:\s*\[/.exec(body);
  return opening ? opening[0].length - 1 : body.length;
}

/** The index of the quote that closes the string opened at `index`. */
function stringEnd(body: string, index: number): number {
  for (let at = index + 1; at < body.length; at += 1) {
    if (body[at] === '\\') at += 1;
    else if (body[at] === '"') return at;
  }
  return body.length;
}
