/**
 * Lines of points of the common form, for datasets to which points are sent: a JSON object a line, `{"series": "a",
 * "starts_at": "2026-11-20T10:00:00Z", "value": 50.1}`, or CSV whose first line names these columns, in any order. An instant has
 * its offset; a value that is null, or an empty cell, is a published null. Pure.
 */
import type { Decoded, DecodedPoint, PointPush } from '../dataset/points.ts';
import { type Finding, finding } from '../interpret/finding.ts';
import { FILE_RULES } from '../interpret/rules.ts';

const COLUMNS = ['series', 'starts_at', 'value'] as const;
type Column = (typeof COLUMNS)[number];
type Fields = Readonly<Partial<Record<Column, unknown>>>;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NAME = /^\P{C}{1,200}$/u;
const LONGEST = 65_536;

/** How such lines are sorted and read. */
export function sentPoints(): PointPush {
  return {
    lines: {
      isHeader,
      instantOf: (line, header) => {
        const fields = fieldsOf(line, header);
        return fields && instantOf(fields.starts_at);
      },
    },
    decode,
  };
}

function isHeader(line: string): boolean {
  const names = cellsOf(line);
  return COLUMNS.every((name) => names.includes(name));
}

function decode(body: Uint8Array): Decoded {
  const points: DecodedPoint[] = [];
  const findings: Finding[] = [];
  let header: string | undefined;
  for (const [i, line] of Buffer.from(body).toString().split('\n').entries()) {
    if (line.trim() === '') continue;
    if (i === 0 && isHeader(line)) {
      header = line;
      continue;
    }
    const read = pointOf(line, header, `line ${i + 1}`);
    if ('rule' in read) findings.push(read);
    else points.push(read);
  }
  return { points, findings };
}

function pointOf(line: string, header: string | undefined, place: string): DecodedPoint | Finding {
  const fields = fieldsOf(line, header);
  if (!fields) {
    const what = header === undefined ? 'no JSON object' : 'no line of as many cells as there are columns';
    return refused('unreadable_line', `the line is ${what}`, { place, raw: line });
  }
  const startsAtMs = instantOf(fields.starts_at);
  const { series } = fields;
  const name = typeof series === 'string' && NAME.test(series) ? series : null;
  const about = { place, raw: line, series: name, startsAtMs: startsAtMs ?? null };
  if (startsAtMs === undefined)
    return refused('unreadable_time', '"starts_at" is no instant such as "2026-11-20T10:00:00Z"', about);
  if (name === null)
    return refused('unreadable_series', '"series" is no name of 1 to 200 printable characters', about);
  const value = numberOf(fields.value);
  if (value === undefined)
    return refused('unreadable_value', `"value" of ${name} is neither a number nor null`, about);
  return { series: name, startsAtMs, value, place };
}

function refused(rule: keyof typeof FILE_RULES, reason: string, about: Partial<Finding>): Finding {
  return finding(rule, FILE_RULES[rule].severity, reason, about);
}

function fieldsOf(line: string, header: string | undefined): Fields | undefined {
  if (line.length > LONGEST) return undefined;
  if (header === undefined) return ofJson(line);
  const names = cellsOf(header);
  const cells = cellsOf(line);
  if (names.length !== cells.length) return undefined;
  return Object.fromEntries(names.map((name, i) => [name, cells[i] === '' ? null : cells[i]]));
}

function ofJson(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Names of series with commas are sent as JSON. */
function cellsOf(line: string): string[] {
  return line
    .replace(/^\ufeff/, '')
    .replace(/\r$/, '')
    .split(',')
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function instantOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !INSTANT.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Undefined for what is not a value. A missing value is not a null: only an explicit null is. */
function numberOf(value: unknown): number | null | undefined {
  if (value === null) return null;
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
