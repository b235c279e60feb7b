// Tables with several rows an interval, of texts and numbers: constraints, reductions, the hours of a fallback. Their columns are those
// that clients are known to read; the rest is inferred.

import { ZONES } from './borders.ts';
import { dayEndMs, dayStartMs, HOUR_MS } from './business-day.ts';
import { type Calendar, CORE_FIRST_DAY, editionsAt, firstEditionAt } from './publication.ts';
import { hashText, mix, unitOf } from './random.ts';
import { createRow, type Row, type TableRows } from './rows.ts';

interface LongTable extends Calendar {
  readonly name: string;
  /** The rows of an hour, each as names and the JSON of their values. */
  rowsOf(seed: number, startsAtMs: number): Readonly<Record<string, string | number>>[];
}

const core = { firstDay: CORE_FIRST_DAY };
const TSOS = ['50HERTZ', 'AMPRION', 'APG', 'ELIA', 'RTE', 'TENNETBV'];

/** Most elements are named after their border. */
function element(seed: number, startsAtMs: number, i: number) {
  const drawn = (name: string) => unitOf(seed, `${name} ${startsAtMs} ${i}`);
  const from = ZONES[Math.floor(drawn('from') * ZONES.length)] ?? 'AT';
  const to = ZONES[(ZONES.indexOf(from) + 1 + Math.floor(drawn('to') * 3)) % ZONES.length] ?? 'DE';
  const tso = TSOS[Math.floor(drawn('tso') * TSOS.length)] ?? 'APG';
  const names = { tso, cnecName: `[${from}-${to}] Line ${i + 1} [DIR]`, contName: `N-1 Line ${100 + i}` };
  return {
    ...names,
    direction: drawn('direction') < 0.5 ? 'DIRECT' : 'OPPOSITE',
    hubFrom: from,
    hubTo: to,
    drawn,
  };
}

const CONSTRAINTS_AN_HOUR = 12;

/** Every long table that is simulated. */
export const LONG_TABLES: readonly LongTable[] = [
  {
    ...{ ...core, name: 'core/activeFbConstraints', published: '13:00' },
    rowsOf: (seed, startsAtMs) =>
      Array.from({ length: CONSTRAINTS_AN_HOUR }, (_, i) => {
        const { drawn, ...names } = element(seed, startsAtMs, i);
        const ram = Math.round(drawn('ram') * 2_000);
        return { ...names, ram, shadowPrice: Math.round(drawn('price') * 10_000) / 100, imax: ram + 500 };
      }),
  },
  {
    ...{ ...core, name: 'core/validationReductions', published: '10:30' },
    rowsOf: (seed, startsAtMs) => {
      const count = Math.floor(unitOf(seed, `count ${startsAtMs}`) * 4);
      return Array.from({ length: count }, (_, i) => {
        const { drawn, ...names } = element(seed, startsAtMs, i);
        return {
          ...names,
          iva: Math.round(drawn('iva') * 300),
          cva: 0,
          justification: 'operational security',
        };
      });
    },
  },
  {
    ...{ ...core, name: 'core/spanningDefaultFBP', published: '10:30' },
    // A fallback is rare: an hour on a few days a year.
    rowsOf: (seed, startsAtMs) =>
      unitOf(seed, `fallback ${Math.floor(startsAtMs / (24 * HOUR_MS))}`) < 0.02 &&
      startsAtMs % (24 * HOUR_MS) < 3 * HOUR_MS
        ? [{ computation: 'Final computation', type: 'Default FB parameters' }]
        : [],
  },
];

/** The days of a long table as of any instant; they are never republished. */
export function longTableRows(seed: number, table: LongTable): TableRows {
  const own = mix(seed, hashText(table.name));
  return {
    name: table.name,
    publishedAtMs: (day) => firstEditionAt(own, day, table),
    rows(day, nowMs) {
      if (editionsAt(own, day, nowMs, 0, table).length === 0) return [];
      const hours = (dayEndMs(day) - dayStartMs(day)) / HOUR_MS;
      return Array.from({ length: hours }, (_, i) => dayStartMs(day) + i * HOUR_MS).flatMap((startsAtMs) =>
        table.rowsOf(own, startsAtMs).map((fields): Row => createRow(startsAtMs, textsOf(fields))),
      );
    },
  };
}

function textsOf(fields: Readonly<Record<string, string | number>>): [string, string][] {
  return Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]);
}
