/** Observations as columns that can be plotted: one list of instants, one list of values a series. */
import { apiUrl, ask } from './api.js';

/**
 * @typedef {{ values: (number | null | undefined)[], late: number[] }} Column undefined: absent · null: published so; `late`: indices that became known after the rest of their day.
 * @typedef {{ starts: number[], columns: Map<string, Column>, points: number, asOf: string | null, simulated: boolean }} Observations
 */

/**
 * CSV, because it is half the size of JSON and the quickest to read: 100,000 points in well under a second.
 * @param {Record<string, unknown>} question of `GET /v1/data`. @param {AbortSignal} [signal] @returns {Promise<Observations>}
 */
export async function observations(question, signal) {
  const url = apiUrl('/v1/data', { ...question, format: 'csv' });
  const response = await ask(url, signal ? { signal } : {});
  const asOf = response.headers.get('tidemark-as-of');
  return {
    ...columnsOf(await response.text()),
    asOf: asOf === 'never' ? null : asOf,
    simulated: response.headers.get('tidemark-simulated') === 'true',
  };
}

/** @param {string} csv rows in order of start and series. */
function columnsOf(csv) {
  const starts = /** @type {number[]} */ ([]);
  /** @type {Map<string, Column>} */
  const columns = new Map();
  const knowledge = new Knowledge();
  let points = 0;
  let last = '';
  for (let at = csv.indexOf('\n') + 1; at > 0 && at < csv.length; ) {
    const end = csv.indexOf('\n', at);
    const line = csv.slice(at, end < 0 ? csv.length : end);
    at = end < 0 ? csv.length : end + 1;
    const [day = '', start = '', name = '', value, known] = line.includes('"')
      ? quotedFields(line)
      : line.split(',');
    const series = name.startsWith("'") ? evaluated(name) : name;
    if (start !== last) starts.push(Date.parse(start));
    last = start;
    const column = columns.get(series) ?? { values: [], late: [] };
    columns.set(series, column);
    column.values[starts.length - 1] = value === '' ? null : Number(value);
    knowledge.add(day, known, column, starts.length - 1);
    points += 1;
  }
  knowledge.close();
  return { starts, columns, points };
}

/** Which points became known later than the first ones of their delivery day. Days come one after the other. */
class Knowledge {
  day = '';
  first = '';
  /** @type {{ known: string, column: Column, at: number }[]} */
  points = [];

  /** @param {string} day @param {string} known @param {Column} column @param {number} at */
  add(day, known, column, at) {
    if (day !== this.day) this.close();
    if (day !== this.day || known < this.first) this.first = known;
    this.day = day;
    this.points.push({ known, column, at });
  }

  close() {
    for (const { known, column, at } of this.points) if (known > this.first) column.late.push(at);
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

/**
 * Puts what was known then beside what is known now, on the same instants.
 * @param {Observations} now @param {Observations} past
 */
export function beside(now, past) {
  const starts = [...new Set([...now.starts, ...past.starts])].sort((a, b) => a - b);
  const index = new Map(starts.map((start, at) => [start, at]));
  const moved = (/** @type {Observations} */ { starts: own, columns }) =>
    new Map([...columns].map(([series, column]) => [series, move(column, own, index)]));
  return { starts, now: moved(now), past: moved(past) };
}

/** @param {Column} column @param {number[]} starts @param {Map<number, number>} index @returns {Column} */
function move({ values }, starts, index) {
  const target = /** @type {Column} */ ({ values: [], late: [] });
  starts.forEach((start, at) => {
    const to = /** @type {number} */ (index.get(start));
    target.values[to] = values[at];
  });
  return target;
}

/** Indices of points that were known then, with another value. @param {Column | undefined} now @param {Column | undefined} past */
export function differences(now, past) {
  const found = /** @type {number[]} */ ([]);
  past?.values.forEach((value, at) => {
    if (value !== undefined && value !== now?.values[at]) found.push(at);
  });
  return found;
}
