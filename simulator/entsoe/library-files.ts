// Files of the library: a month of all areas as of the last hourly renewal, tab-separated, one line per value.
import { dayOf, HOUR_MS } from '../business-day.ts';
import { publishedRows } from '../published-rows.ts';
import { hashText } from '../random.ts';
import type { Window } from '../window.ts';
import { AREAS, type Area } from './areas.ts';
import type { Column } from './columns.ts';
import { KINDS, type Kind } from './kinds.ts';
import type { EntsoeContext } from './publisher.ts';
import { entsoeTable } from './tables.ts';

interface Folder {
  /** Name of the folder, and suffix of its files' names. */
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly string[];
  /** Cells of a value, in the order of the columns after the common ones. */
  cells(column: Column, area: Area, value: string): readonly string[];
}

const AREA = ['DateTime(UTC)', 'ResolutionCode', 'AreaCode', 'AreaDisplayName', 'AreaTypeCode'];
const loads = (name: string, kind: string): Folder => ({
  ...{ name, kind, columns: [...AREA, 'AreaMapCode', 'TotalLoad[MW]'] },
  cells: (_column, { code }, value) => [code, value],
});

const TYPES: Readonly<Record<string, string>> = {
  B04: 'Fossil Gas',
  B10: 'Hydro Pumped Storage',
  B11: 'Hydro Run-of-river and poundage',
  B16: 'Solar',
  B18: 'Wind Offshore',
  B19: 'Wind Onshore',
  B20: 'Other',
};

const KNOWN: readonly Folder[] = [
  {
    ...{ name: 'EnergyPrices_12.1.D_r3.1', kind: 'A44' },
    columns: [...AREA, 'AreaMapCode', 'ContractType', 'Sequence', 'Price[Currency/MWh]', 'Currency'],
    cells: ({ key }, { code }, value) => [
      code,
      'Day-ahead',
      /^ts_[12]$/.exec(key)?.[0].slice(3) ?? '1',
      value,
      'EUR',
    ],
  },
  loads('ActualTotalLoad_6.1.A_r3', 'A65_A16'),
  loads('DayAheadTotalLoadForecast_6.1.B_r3', 'A65_A01'),
  {
    ...{ name: 'AggregatedGenerationPerType_16.1.B_C_r3', kind: 'A75' },
    columns: [
      ...AREA,
      'AreaMapCode',
      'ProductionType',
      'ActualGenerationOutput[MW]',
      'ActualConsumption[MW]',
    ],
    cells: ({ key }, { code }, value) => {
      const [, type = '', out] = key.split('_');
      return [
        code,
        TYPES[type] ?? type,
        ...(out ? ['', value] : [value, STORES.includes(type) ? '' : '0.000000']),
      ];
    },
  },
];
/** Types that can consume; for all others a file has a zero as consumption. */
const STORES = ['B10'];

/** The names of all folders. */
export const FOLDERS = KNOWN.map(({ name }) => name);

/** The folder of a path such as `/TP_export/EnergyPrices_12.1.D_r3.1/`. */
export function folderNamed(path: unknown): Folder | undefined {
  const [, name] = /^\/TP_export\/([^/]+)\/$/.exec(String(path)) ?? [];
  return KNOWN.find((folder) => folder.name === name);
}

/** Months that have a file: `2026-11`, up to that of tomorrow. */
export function monthsUntil(nowMs: number): string[] {
  const last = new Date(nowMs + 24 * HOUR_MS).toISOString().slice(0, 7);
  const months: string[] = [];
  for (let year = 2015, month = 1; months.at(-1) !== last; month += 1) {
    months.push(new Date(Date.UTC(year, month - 1)).toISOString().slice(0, 7));
    if (month === 12) [year, month] = [year + 1, 0];
  }
  return months;
}

/** When a file was last renewed: each hour except 00:00 and 01:00, until three days after its month. */
export function renewedAtMs(month: string, nowMs: number): number {
  const { toMs } = windowOf(month);
  const hourMs = Math.floor(Math.min(nowMs, toMs + 72 * HOUR_MS) / HOUR_MS) * HOUR_MS;
  const isResting = (atMs: number) => dayOf(atMs) !== dayOf(atMs - 2 * HOUR_MS);
  return isResting(hourMs) ? hourMs - (isResting(hourMs - HOUR_MS) ? 2 : 1) * HOUR_MS : hourMs;
}

function windowOf(month: string): Window {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { fromMs: Date.UTC(year, number - 1), toMs: Date.UTC(year, number) };
}

/** The current content of a file. */
export function fileOf(context: EntsoeContext, folder: Folder, month: string, nowMs: number) {
  const window = windowOf(month);
  return { window, text: () => textOf(context, folder, window, renewedAtMs(month, nowMs)) };
}

function textOf(context: EntsoeContext, folder: Folder, window: Window, madeAtMs: number): string {
  const kind = KINDS.find(({ name }) => name === folder.kind) as Kind;
  const { areas } = context.settings().library;
  const all = areas.length > 0 ? AREAS.filter(({ code }) => areas.includes(code)) : AREAS;
  const prefix = folder.kind === 'A44' ? ['InstanceCode'] : [];
  const lines = all.flatMap((area) => linesOf(context, folder, kind, area, window, madeAtMs));
  return `\ufeff${[[...prefix, ...folder.columns, 'UpdateTime(UTC)'].join('\t'), ...lines].join('\n')}\n`;
}

function linesOf(
  context: EntsoeContext,
  folder: Folder,
  kind: Kind,
  area: Area,
  window: Window,
  madeAtMs: number,
): string[] {
  const table = entsoeTable(context.generated, kind, area, kind.name === 'A44' ? area : undefined);
  const columns = new Map(table.columns.map((column) => [column.key, column]));
  return publishedRows(table, context.faults, window, madeAtMs).flatMap(({ startsAtMs, text }) =>
    [...text.matchAll(/"(ts_[^"]*)":([^,}]+)/g)].flatMap(([, key = '', value = '']) => {
      const column = columns.get(key);
      if (!column) return [];
      const day = dayOf(startsAtMs);
      const cells = (type: string, eic: string) => [
        ...(folder.kind === 'A44'
          ? [hashText(`${area.code} ${key} ${day}`).toString(16).padStart(32, '0')]
          : []),
        stamp(startsAtMs),
        ...[`PT${column.minutesOn(day)}M`, eic, `${area.code} area`, type],
        ...folder.cells(column, area, value),
        stamp(Math.min(madeAtMs, column.knownAtMs(day, startsAtMs))),
      ];
      const line = cells(folder.kind === 'A44' ? 'BZN' : 'BZN/CTA/CTY', area.eic).join('\t');
      // What else is in files: other contracts, and areas that are not bidding zones.
      const other =
        folder.kind === 'A44'
          ? line.replace('Day-ahead', 'Intraday')
          : cells('CTA', `${area.eic}X`).join('\t');
      return area.code === 'DE_LU' ? [line, other] : [line];
    }),
  );
}

/** `2026-11-20 10:00:00`. */
function stamp(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
