/**
 * What the names and texts of a recorded body say by themselves about series, times and units, held against what the decoder made of
 * them. Each finding is a sentence for the author.
 */
import type { RawBody, RawCell } from './raw-body.ts';
import { spread, type ValueCell } from './value-cells.ts';

const MINUTE_MS = 60_000;
/** Zones are at most so far apart. */
const FURTHEST_MS = 14 * 60 * MINUTE_MS;

/** A value cell, with the point that it became. */
export interface ReadCell extends ValueCell {
  readonly series: string;
  readonly startsAtMs: number;
}

/** A value stands under the name of one series, or beside it, and became another. */
export function otherSeries(cells: readonly ReadCell[], all: readonly string[]): string[] {
  const said = cells.flatMap(({ row, cell, series }) => {
    const names = [cell.column, ...row.cells.filter((one) => one !== cell).map(({ text }) => text)];
    if (names.some((name) => isAlike(name, series))) return [];
    const other = all.find((each) => each !== series && names.some((name) => isAlike(name, each)));
    return other === undefined
      ? []
      : [`${cell.text} stands with "${other}" in the body, and became a value of "${series}"`];
  });
  return said.slice(0, 3);
}

/** `border_AT_CZ` and `AT_CZ`, but not `A` and `AT`: all words of the shorter name, in order. */
function isAlike(name: string, series: string): boolean {
  const [one, other] = [wordsOf(name), wordsOf(series)];
  if (one === '' || other === '') return false;
  return ` ${one} `.includes(` ${other} `) || (one.length > 2 && ` ${other} `.endsWith(` ${one} `));
}

function wordsOf(name: string): string {
  return (
    name
      .toLowerCase()
      .match(/[\p{L}\d]+/gu)
      ?.join(' ') ?? ''
  );
}

/** A column of instants runs beside the times of the points, and always the same time apart. */
export function otherTimes(cells: readonly ReadCell[], stepMs: number): string[] {
  const columns = new Map<string, { ms: number; startsAtMs: number; text: string }[]>();
  for (const { row, startsAtMs } of cells)
    for (const cell of row.cells) {
      const ms = instantOf(cell);
      if (ms === undefined) continue;
      const list = columns.get(cell.column) ?? [];
      columns.set(cell.column, [...list, { ms, startsAtMs, text: cell.text }]);
    }
  const apart = [...columns].flatMap(([column, seen]) => {
    const distances = new Set(seen.map(({ ms, startsAtMs }) => ms - startsAtMs));
    const [distance = 0] = distances;
    const isAxis = distances.size === 1 && new Set(seen.map(({ ms }) => ms)).size > 1;
    return isAxis ? [{ column, distance, seen }] : [];
  });
  if (apart.some(({ distance }) => distance === 0)) return [];
  return apart
    .filter(({ distance }) => distance !== stepMs && Math.abs(distance) <= FURTHEST_MS)
    .map(
      ({ column, distance, seen: [first] }) =>
        `"${column}" says ${first?.text}, and was read as ${new Date(first?.startsAtMs ?? 0).toISOString()}, ${distance / MINUTE_MS} minutes apart: the zone of the time column, or which column is read, is wrong`,
    );
}

/** An instant: with a zone in the text, or in the name of its column. */
function instantOf({ column, text }: RawCell): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return undefined;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  if (!hasZone && !NAMES_UTC.test(column)) return undefined;
  const ms = Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

const NAMES_UTC = /utc|gmt|zulu/i;

const CURRENCIES = [
  'EUR',
  'DKK',
  'NOK',
  'SEK',
  'GBP',
  'CHF',
  'PLN',
  'USD',
  'HUF',
  'CZK',
  'RON',
  'BGN',
  'JPY',
  'AUD',
];
const POWERS = ['kWh', 'MWh', 'GWh', 'TWh', 'kW', 'MW', 'GW', 'TW', 'Hz', 'mHz'];

/** The name of a value's column, or a cell that names a unit, says another unit than the definition. */
export function otherUnits(body: RawBody, cells: readonly ReadCell[], unit: string): string[] {
  const columns = [...new Set(cells.map(({ cell }) => cell.column))];
  const stated = [...body.beside, ...spread(body.rows, 20).flatMap((row) => row.cells)].filter(({ column }) =>
    /unit|currency|measure/i.test(column),
  );
  const texts = [...columns, ...new Set(stated.map(({ text }) => text))];
  return texts.flatMap((text) =>
    [CURRENCIES, POWERS].flatMap((units) => {
      const [inText, inUnit] = [unitIn(text, units), unitIn(unit, units)];
      return inText === undefined || inUnit === undefined || inText === inUnit
        ? []
        : [`the body says "${text}", and the definition's unit is "${unit}"`];
    }),
  );
}

/** The unit in a name such as `SpotPriceDKK`, `load_MWh` or `EUR/MWh`; undefined where there is none, or several. */
function unitIn(text: string, units: readonly string[]): string | undefined {
  const found = units.filter((unit) => new RegExp(`(?<![A-Z])${unit}(?![a-z])`).test(text));
  // "MW" is in "MWh" too.
  return found.toSorted((a, b) => b.length - a.length)[0];
}

const TOTAL =
  /^(total|total_?(count|records|rows|items|results)|records_?total|hits|number_?of_?(rows|records))$/i;
const NEXT = /^(next|next_?(page|url|link|cursor|token)|continuation(_?token)?|has_?(more|next))$/i;

/** Whether a field of an envelope counts all rows there are. */
export function isTotal(column: string): boolean {
  return TOTAL.test(column);
}

/** Whether a field of an envelope leads to the next page. */
export function isNext(column: string): boolean {
  return NEXT.test(column);
}

/** The envelope says that there is more than the body has. */
export function furtherPages({ rows, beside }: RawBody): string[] {
  return beside.flatMap(({ column, text }) => {
    if (isTotal(column) && Number(text) > rows.length)
      return [
        `"${column}" is ${text}, and the body has ${rows.length} rows: the other pages were not requested`,
      ];
    return isNext(column) && !/^(null|false||0)$/i.test(text.trim())
      ? [`"${column}" is "${text}": there is another page, which was not requested`]
      : [];
  });
}
