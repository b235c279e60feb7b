/** Requests observations; returns a column of instants and values for each series. */
import { apiUrl, request } from './api.js';
import { differences } from './steps.js';
import { daysFrom } from './time.js';

/**
 * @typedef {import('./steps.js').Column} Column
 * @typedef {{ columns: Map<string, Column>, points: number, nulls: number, asOf: string | null, gate: Gate | null, simulated: boolean }} Observations
 * @typedef {{ asked: number, known: number, provisional: number, since: string | null }} Gate on how many days an answer for a gate rests.
 */

/**
 * CSV, because it is half the size of JSON and the quickest to read: 100,000 points in well under a second.
 * @param {Record<string, unknown>} question of `GET /v1/data`. @param {AbortSignal} [signal] @returns {Promise<Observations>}
 */
export async function observations(question, signal) {
  const url = apiUrl('/v1/data', { ...question, format: 'csv' });
  const response = await request(url, signal ? { signal } : {});
  const asOf = response.headers.get('tidemark-as-of');
  return {
    ...columnsOf(await response.text()),
    asOf: asOf === 'never' ? null : asOf,
    gate: gateOf(response.headers.get('tidemark-gate')),
    simulated: response.headers.get('tidemark-simulated') === 'true',
  };
}

/** @param {string | null} header 'D-1T12:00; days-asked=62; days-known=1; …' @returns {Gate | null} null: no gate was asked for. */
function gateOf(header) {
  if (!header) return null;
  const of = (/** @type {string} */ name) => header.match(new RegExp(`; ${name}=([^;]+)`))?.[1] ?? '';
  const since = of('recorded-since');
  return {
    asked: Number(of('days-asked')),
    known: Number(of('days-known')),
    provisional: Number(of('days-provisional')),
    since: since === 'never' ? null : since,
  };
}

/** @param {string} csv rows in order of start and series. */
function columnsOf(csv) {
  /** @type {Map<string, Column>} */
  const columns = new Map();
  const knowledge = new Knowledge();
  let points = 0;
  let nulls = 0;
  for (let at = csv.indexOf('\n') + 1; at > 0 && at < csv.length; ) {
    const end = csv.indexOf('\n', at);
    const line = csv.slice(at, end < 0 ? csv.length : end);
    at = end < 0 ? csv.length : end + 1;
    const [day = '', start = '', ends, name = '', value, known] = line.includes('"')
      ? quotedFields(line)
      : line.split(',');
    const series = name.startsWith("'") ? evaluated(name) : name;
    const column = columns.get(series) ?? { starts: [], ends: [], values: [], days: [], late: [] };
    columns.set(series, column);
    if (column.days.at(-1)?.day !== day) column.days.push({ day, at: column.starts.length });
    const startMs = Date.parse(start);
    column.starts.push(startMs);
    column.ends.push(ends ? Date.parse(ends) : null);
    column.values.push(value === '' ? null : Number(value));
    knowledge.add(day, known, column, startMs);
    points += 1;
    if (value === '') nulls += 1;
  }
  knowledge.close();
  return { columns, points, nulls };
}

/** Which points became known later than the first ones of their delivery day. Days come one after the other. */
class Knowledge {
  day = '';
  first = '';
  /** @type {{ known: string, column: Column, startMs: number }[]} */
  points = [];

  /** @param {string} day @param {string} known @param {Column} column @param {number} startMs */
  add(day, known, column, startMs) {
    if (day !== this.day) this.close();
    if (day !== this.day || known < this.first) this.first = known;
    this.day = day;
    this.points.push({ known, column, startMs });
  }

  close() {
    for (const { known, column, startMs } of this.points) if (known > this.first) column.late.push(startMs);
    this.points = [];
  }
}

/** @param {string} name one that a spreadsheet would evaluate has an apostrophe in front. */
function evaluated(name) {
  return name.replace(/^'(?='*[=+\-@＝＋－＠\t\r\n])/, '');
}

/** @param {string} line RFC 4180. */
function quotedFields(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

const MOST_DAYS = 3;

/**
 * @param {{ dataset: string, from: string, to: string }} range @param {Record<string, unknown>} then as_of or gate.
 * @param {number} most @param {AbortSignal} [signal] @returns {Promise<string[]>} those with most differences first.
 */
export async function differingSeries(range, then, most, signal) {
  if (daysFrom(range.from, range.to) >= MOST_DAYS) return [];
  const [now, past] = await Promise.all([
    observations(range, signal),
    observations({ ...range, ...then }, signal),
  ]);
  const found = [...past.columns].map(([series, column]) => ({
    series,
    count: differences(now.columns.get(series), column).length,
  }));
  const moved = found.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  return moved.slice(0, most).map(({ series }) => series);
}
