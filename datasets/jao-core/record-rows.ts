/**
 * Rows of the Publication Tool as records.
 *
 * Identity      no column is one: `id` changes when a day is published again. A record is identified by its interval and the columns that
 *               name what it is about. Rows that agree in these are numbered in the order of their content, so that the order in
 *               which a page has them means nothing; rows that are equal in everything are one record.
 * Not known     all columns of a table: those that are not declared are kept in the body, under snake_case names.
 */

import type { DecodedRecord, DecodedRecords, Json } from '../../domain/dataset/records.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import { type CivilDay, dayInterval } from '../../domain/time/civil-day.ts';
import { canonicalJson } from '../../domain/values/json.ts';
import { parseJson, rowsIn } from '../../kit/decode/json-table.ts';
import { isRow, type Row, show } from '../../kit/decode/points-of-rows.ts';
import { readInstant } from '../../kit/decode/time-column.ts';
import { ENVELOPE } from './envelope.ts';

/** How the rows of a table are read. */
export interface RowForm {
  /** Columns that identify what a row is about, as the source spells them. @default those of network elements */
  readonly identity: readonly string[];
  /** The column with the start of a row. @default dateTimeUtc */
  readonly time: string;
}

interface KnownForm extends RowForm {
  /** Names of declared fields: these are not treated as bookkeeping. */
  readonly kept: readonly string[];
  readonly timeZone: string;
}

/** @throws AnswerRefused where it is not an envelope of rows */
export function decodeRows(body: Uint8Array, day: CivilDay, form: KnownForm): DecodedRecords {
  const rows = rowsIn(parseJson(body).value, ENVELOPE);
  const { startMs, endMs } = dayInterval(day, form.timeZone);
  const findings: Finding[] = [];
  const records: DecodedRecord[] = [];
  let strays = 0;
  for (const [i, row] of rows.entries()) {
    const place = `data[${i}]`;
    const startsAtMs = isRow(row) ? readInstant(row[form.time]) : null;
    if (!isRow(row) || startsAtMs === null) {
      const reason = `${place} has no readable "${form.time}" (an instant with its zone, such as 2026-04-20T00:00:00Z)`;
      findings.push(finding('unreadable_time', 'block', reason, { place, raw: show(row) }));
    } else if (startsAtMs < startMs || startsAtMs >= endMs) strays += 1;
    else records.push(recordOf(row, startsAtMs, form, place));
  }
  if (strays > 0)
    findings.push(
      finding('outside_day', 'info', `${strays} rows lie outside ${day}; they were ignored`, { points: 0 }),
    );
  return { records: withDistinctKeys(records), findings };
}

function recordOf(row: Row, startsAtMs: number, form: KnownForm, place: string): DecodedRecord {
  return { key: keyOf(row, startsAtMs, form), startsAtMs, version: 0, body: fieldsOf(row, form), place };
}

/** Records with one key but different contents get numbers appended, in the order of their contents. */
function withDistinctKeys(records: readonly DecodedRecord[]): DecodedRecord[] {
  const groups = new Map<string, DecodedRecord[]>();
  for (const record of records) groups.set(record.key, [...(groups.get(record.key) ?? []), record]);
  const numbers = new Map<DecodedRecord, number>();
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    const contents = [...new Set(group.map(contentOf))].toSorted();
    for (const record of group) numbers.set(record, contents.indexOf(contentOf(record)) + 1);
  }
  return records.map((record) => {
    const number = numbers.get(record) ?? 1;
    return number === 1 ? record : { ...record, key: `${record.key} #${number}` };
  });
}

function contentOf({ body }: DecodedRecord): string {
  return canonicalJson(body);
}

const LONGEST_NAME = 140;

/** `2026-04-20T00:00Z APG/[AT-DE] Line 1/N-1 Line 7`; long ones are cut, and kept unique by a hash of the whole. */
function keyOf(row: Row, startsAtMs: number, { identity }: RowForm): string {
  const name = identity
    .map((column) => textOf(row[column]))
    .join('/')
    .replaceAll(/\p{C}/gu, ' ');
  const short = name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}~${hashOf(name)}`;
  return `${new Date(startsAtMs).toISOString().slice(0, 16)}Z ${short}`.trim();
}

function textOf(cell: unknown): string {
  return cell === null || cell === undefined ? '' : typeof cell === 'object' ? show(cell) : String(cell);
}

/** FNV-1a of the text, 32 bits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const unit of text) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16);
}

/** Columns that change when a day is republished with the same content. */
const BOOKKEEPING = ['id', 'last_modified_on'];

function fieldsOf(row: Row, { time, kept }: KnownForm): { readonly [name: string]: Json } {
  const fields = Object.entries(row).map(([column, value]) => [column, snake(column), value] as const);
  return Object.fromEntries(
    fields
      .filter(([column, name]) => column !== time && (kept.includes(name) || !BOOKKEEPING.includes(name)))
      .map(([, name, value]) => [name, value as Json]),
  );
}

/** `shadowPrice` as `shadow_price`. */
function snake(column: string): string {
  return column.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
