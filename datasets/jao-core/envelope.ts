/**
 * The JSON envelope of all JAO Core tables that carry one row per interval and one column per series:
 * {"data":[{"id":…,"dateTimeUtc":"2026-04-20T00:00:00Z","<prefix>…":4346.0000000000,…}],"rejected":false,"messages":null}.
 * Numbers are raw decimals with ten fraction digits: compare them as numbers, never as text.
 */
import type { Decoded, DecodedPoint } from '../../domain/dataset/points.ts';
import { AnswerRefused, type Finding, finding } from '../../domain/interpret/finding.ts';

/** Columns that are not values. `id` changes when a day is republished, so it is never part of an identity. */
const BOOKKEEPING = new Set(['id', 'dateTimeUtc', 'lastModifiedOn']);

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Control characters and halves of surrogate pairs: no database keeps a name with these. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const LONGEST_NAME = 200;

/** More rows times columns are no day of any table: one of quarter-hours between all hubs has a quarter of this. */
const MOST_CELLS = 200_000;

type Row = Readonly<Record<string, unknown>>;

/**
 * Decodes an envelope whose value columns start with `prefix`.
 * @throws AnswerRefused when it is not that envelope.
 */
export function decodeEnvelope(body: Uint8Array, prefix: string): Decoded {
  const { envelope, text } = parse(body);
  const rows = rowsOf(envelope);
  assertTable(rows, prefix);
  const points: DecodedPoint[] = [];
  const findings: Finding[] = [];
  let sent: readonly unknown[] | undefined;
  rows.forEach((row, index) => {
    const rawOf = (series: string) => {
      sent ??= rowsOf(JSON.parse(numbersAsTexts(text)));
      return String((sent[index] as Row)[series]);
    };
    decodeRow({ row, place: `data[${index}]`, rawOf }, prefix, points, findings);
  });
  return { points, findings: [...findings, ...strangeColumns(rows, prefix)] };
}

function parse(body: Uint8Array): { envelope: unknown; text: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new AnswerRefused('not_utf8', 'the answer is not UTF-8 text');
  }
  try {
    return { envelope: JSON.parse(text), text };
  } catch {
    const start = text.trimStart().slice(0, 60);
    throw new AnswerRefused(
      'not_json',
      `the answer is not JSON; it begins with ${JSON.stringify(start)}`,
      start,
    );
  }
}

const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** The same JSON with each number as the text that was sent: JSON.parse makes Infinity of 1e400. */
function numbersAsTexts(json: string): string {
  return json.replace(TEXT_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

function rowsOf(envelope: unknown): readonly unknown[] {
  if (!isRow(envelope)) throw shape('the answer is not a JSON object', envelope);
  if (envelope.rejected === true) {
    throw new AnswerRefused(
      'rejected',
      `the source rejected the request: ${show(envelope.messages)}`,
      show(envelope),
    );
  }
  if (!Array.isArray(envelope.data)) throw shape('"data" is not a list', envelope.data);
  return envelope.data;
}

/** Refuses what nobody could have meant as a table of this day, before every cell of it becomes a finding. */
function assertTable(rows: readonly unknown[], prefix: string): void {
  let cells = 0;
  let series = 0;
  for (const row of rows) {
    const names = isRow(row) ? Object.keys(row) : [];
    cells += names.length + 1;
    if (cells > MOST_CELLS) throw shape(`${rows.length} rows have more than ${MOST_CELLS} cells`, rows[0]);
    series += names.filter((name) => isSeries(name, prefix)).length;
  }
  // Not "nothing yet": that is a list without rows.
  if (rows.length > 0 && rows.every(isRow) && series === 0)
    throw shape(`no row has a column that begins with "${prefix}"`, rows[0]);
}

interface SentRow {
  readonly row: unknown;
  readonly place: string;
  /** The text of one of its numbers as it was sent. */
  rawOf(series: string): string;
}

function decodeRow(
  { row, place, rawOf }: SentRow,
  prefix: string,
  points: DecodedPoint[],
  findings: Finding[],
): void {
  if (!isRow(row)) throw shape(`${place} is not an object`, row);
  const names = Object.keys(row).filter((name) => isSeries(name, prefix));
  const startsAtMs = instantOf(row.dateTimeUtc);
  if (startsAtMs === null) {
    const reason = `${place} has no readable "dateTimeUtc" (an instant with its zone, such as 2026-04-20T00:00:00Z)`;
    const about = {
      place: `${place}.dateTimeUtc`,
      raw: show(row.dateTimeUtc),
      points: Math.max(1, names.length),
    };
    findings.push(finding('unreadable_time', 'block', reason, about));
    return;
  }
  for (const series of names) {
    const value = row[series];
    const at = `${place}.${series}`;
    if (value === null || (typeof value === 'number' && Number.isFinite(value)))
      points.push({ series, startsAtMs, value, place: at });
    else {
      const what = { series, startsAtMs, place: at };
      findings.push(
        typeof value === 'number' ? beyondNumbers(what, rawOf(series)) : unreadable(what, show(value)),
      );
    }
  }
}

type PlaceOfValue = Omit<DecodedPoint, 'value'>;

function unreadable(at: PlaceOfValue, raw: string): Finding {
  return finding('unreadable_value', 'block', `${at.series} is ${raw}, which is not a number`, {
    ...at,
    raw,
  });
}

function beyondNumbers(at: PlaceOfValue, raw: string): Finding {
  const reason = `${at.series} is ${raw.slice(0, 60)}, beyond the numbers that can be kept`;
  return finding('unreadable_value', 'block', reason, { ...at, raw });
}

function strangeColumns(rows: readonly unknown[], prefix: string): Finding[] {
  const columns = new Set(rows.filter(isRow).flatMap((row) => Object.keys(row)));
  const strange = [...columns].filter((name) => !isSeries(name, prefix) && !BOOKKEEPING.has(name));
  if (strange.length === 0) return [];
  const reason = `${strange.length} columns are neither values nor bookkeeping and were ignored`;
  return [finding('unknown_column', 'warn', reason, { raw: show(strange), points: 0 })];
}

function isSeries(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && name.length <= LONGEST_NAME && !UNPRINTABLE.test(name);
}

function instantOf(value: unknown): number | null {
  const date = typeof value === 'string' ? INSTANT.exec(value)?.[1] : undefined;
  if (date === undefined || !exists(date)) return null;
  const ms = Date.parse(value as string);
  return Number.isNaN(ms) ? null : ms;
}

/** Date.parse takes 31 April for 1 May. */
function exists(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shape(reason: string, value: unknown): AnswerRefused {
  return new AnswerRefused('shape', reason, show(value));
}

function show(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? 'nothing').slice(0, 500);
  } catch {
    // JSON.parse takes any depth; JSON.stringify runs out of stack.
    return 'JSON nested too deeply to show';
  }
}
