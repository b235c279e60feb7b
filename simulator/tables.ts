// The publisher's tables, described by their differences: columns, resolution, publication, size and form of the values. Tables without a
// recording have the columns that are known of them; the rest is inferred.
import {
  AHC_FIRST_DAY,
  type AhcBefore,
  bordersOn,
  hubColumns,
  NEIGHBOURS,
  NORDIC_BORDERS,
  NORDIC_ZONES,
  pairs,
  REFERENCE,
  ZONES,
} from './borders.ts';
import { HOUR_MS } from './business-day.ts';
import { CORE_FIRST_DAY } from './publication.ts';
import { constantOf, seriesOf, signedValue, sizedSeries, valueMw } from './values.ts';

/** A column of a table on a day. */
export interface Column {
  readonly key: string;
  /** The value of an interval for a seed; undefined if the column is always null. */
  readonly valueAt: ((seed: number) => (startsAtMs: number) => number) | undefined;
}

/** One table. */
export interface Table {
  /** Region and table as in the path: `core/maxExchanges`. */
  readonly name: string;
  readonly firstDay: string;
  /** When it is published at the latest, as `HH:MM` of the day before; an hour and a quarter earlier at the earliest. */
  readonly published: string;
  /** Length of the intervals of a day, minutes. */
  minutesOn(day: string): number;
  columnsOn(day: string, ahcBefore: AhcBefore): readonly Column[];
  /** Whether numbers are printed without digits after the point, instead of ten. */
  readonly plainNumbers?: true;
  /** Whether each row says when it was published. */
  readonly saysWhen?: true;
}

const NORDIC_FIRST_DAY = '2024-10-30';
const hourly = () => 60;
const quarterHourly = (day: string) => (day < '2025-10-01' ? 60 : 15);

/** Varies around a level; `digits` after the point. */
const moving =
  (level: number, digits = 0) =>
  (key: string): Column => ({
    key,
    valueAt: (seed) => {
      const series = sizedSeries(seed, key, level);
      return (ms) => valueMw(series, ms / HOUR_MS, digits);
    },
  });

/** Varies around zero; with opposite signs for the two directions of a border. */
const signed =
  (level: number, digits = 0) =>
  (key: string): Column => {
    const [from = '', to = ''] = key.replace(/^[a-z]+_/, '').split('_');
    const [pair, sign] = to !== '' && from > to ? [`${to}_${from}`, -1] : [`${from}_${to}`, 1];
    return {
      key,
      valueAt: (seed) => (ms) => sign * signedValue(seed, pair, ms / HOUR_MS, level, digits),
    };
  };

/** Constant: a limit that was agreed upon. */
const constant =
  (level: number) =>
  (key: string): Column => ({ key, valueAt: (seed) => () => constantOf(seed, key, level) });

const empty = (key: string): Column => ({ key, valueAt: undefined });

/** Below zero for `min…`, above for `max…`. */
const limit = (key: string): Column => {
  const { valueAt } = moving(5000)(key);
  const sign = key.startsWith('min') ? -1 : 1;
  return { key, valueAt: valueAt && ((seed) => (ms) => sign * (valueAt(seed)(ms) || 1)) };
};

/** Nordic domains are hourly: they apply to each quarter of the hour. */
const byTheHour = ({ key, valueAt }: Column): Column => ({
  key,
  valueAt: valueAt && ((seed) => (ms) => valueAt(seed)(ms - (ms % HOUR_MS))),
});

const exchange = moving(900, 1);

/** A virtual hub varies around zero; a zone and its hubs together equal the sum of the exchanges within the region. */
const netPosition =
  (day: string) =>
  (key: string): Column => {
    const zone = key.slice('hub_'.length);
    if (!ZONES.includes(zone)) return signed(300, 1)(key);
    const within = NEIGHBOURS.map((border) => ({ column: exchange(border), border }));
    const hubs = hubColumns(day, (hub) => (hub.startsWith(`${zone}_`) ? [`hub_${hub}`] : [])).map(
      netPosition(day),
    );
    const parts = [
      ...within
        .filter(({ border }) => border.startsWith(`border_${zone}_`))
        .map((of) => [1, of.column] as const),
      ...within.filter(({ border }) => border.endsWith(`_${zone}`)).map((of) => [-1, of.column] as const),
      ...hubs.map((hub) => [-1, hub] as const),
    ];
    return {
      key,
      valueAt: (seed) => {
        const valuesAt = parts.map(([sign, { valueAt }]) => [sign, valueAt?.(seed)] as const);
        return (ms) => {
          const sum = valuesAt.reduce((total, [sign, at]) => total + sign * (at?.(ms) ?? 0), 0);
          return Math.round(sum * 10) / 10 || 0;
        };
      },
    };
  };

const maxExchange = (day: string, ahcBefore: AhcBefore): Column[] =>
  bordersOn(day, ahcBefore).map((border) => ({
    key: border.key,
    valueAt:
      border.virtual && day < AHC_FIRST_DAY
        ? undefined
        : (seed) => {
            const series = seriesOf(seed, border);
            return (ms) => valueMw(series, ms / HOUR_MS);
          },
  }));

const core = { firstDay: CORE_FIRST_DAY, published: '10:30', minutesOn: hourly };
const nordic = {
  ...{ firstDay: NORDIC_FIRST_DAY, published: '10:30', minutesOn: quarterHourly },
  saysWhen: true as const,
};
const always = (columns: readonly Column[]) => () => columns;

const SCHEDULED = [...NEIGHBOURS, ...pairs('DE_DK1 DE_DK2 ES_FR NL_DK1')];
const market = { ...core, published: '15:50', minutesOn: quarterHourly };

/** Every table of the publisher that is simulated. */
export const TABLES: readonly Table[] = [
  { ...core, name: 'core/maxExchanges', columnsOn: maxExchange },
  {
    ...core,
    name: 'core/maxNetPos',
    columnsOn: (day) => hubColumns(day, (hub) => [`min${hub}`, `max${hub}`]).map(limit),
  },
  {
    ...market,
    name: 'core/netPos',
    columnsOn: (day) => hubColumns(day, (hub) => [`hub_${hub}`]).map(netPosition(day)),
  },
  { ...market, name: 'core/scheduledExchanges', columnsOn: always(SCHEDULED.map(exchange)) },
  { ...market, name: 'core/priceSpread', columnsOn: always(SCHEDULED.slice(0, 44).map(signed(60, 2))) },
  {
    ...{ ...core, minutesOn: quarterHourly, plainNumbers: true },
    name: 'core/atc',
    columnsOn: always([
      ...pairs('DE_DK1 ES_FR').map(moving(2500)),
      ...pairs('FR_IT AT_IT').map(empty),
      ...pairs('RO_BG').map(moving(1800)),
      ...pairs('ALBE_ALDE').map(constant(0)),
      ...pairs('DK1_NL').map(constant(700)),
    ]),
  },
  {
    ...{ ...core, plainNumbers: true },
    name: 'core/shadowAuctionATC',
    columnsOn: always(NEIGHBOURS.map(moving(900))),
  },
  {
    ...{ ...market, plainNumbers: true },
    name: 'core/intradayAtc',
    columnsOn: always(NEIGHBOURS.map(moving(700))),
  },
  { ...core, name: 'core/lta', columnsOn: always(NEIGHBOURS.map(constant(600))) },
  {
    ...core,
    name: 'core/refprog',
    columnsOn: (day) => [
      ...[...SCHEDULED, ...REFERENCE].map(signed(900)),
      ...bordersOn(day, 'absent')
        .filter(({ virtual }) => virtual)
        .map(({ key }) => moving(400)(key)),
    ],
  },
  {
    ...core,
    name: 'core/allocationConstraint',
    columnsOn: always([
      ...['limitDown_BE', 'limitUp_BE'].map(empty),
      ...['limitDown_PL', 'limitUp_PL'].map(constant(6000)),
    ]),
  },
  {
    ...{ ...market, published: '15:00' },
    name: 'core/congestionIncome',
    columnsOn: always([
      ...SCHEDULED.map(moving(20_000, 2)),
      ...hubColumns('', (hub) => [`hub_${hub}`]).map(moving(30_000, 2)),
    ]),
  },
  {
    ...nordic,
    name: 'nordic/maxExchanges',
    columnsOn: always(NORDIC_BORDERS.map(moving(1500)).map(byTheHour)),
  },
  {
    ...nordic,
    name: 'nordic/maxNetPos',
    columnsOn: always(
      NORDIC_ZONES.flatMap((zone) => [`min_${zone}`, `max_${zone}`])
        .map(limit)
        .map(byTheHour),
    ),
  },
  {
    ...nordic,
    name: 'nordic/maxBorderFlow',
    columnsOn: always(NORDIC_BORDERS.map(moving(1200)).map(byTheHour)),
  },
];

/** The default table. */
export const FIRST_TABLE = 'core/maxExchanges';

/** Region and table are compared ignoring case. */
export function isSameTable(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether a table has this name, or is of this kind: `entsoe/A44` also matches `entsoe/A44_NL`. */
export function isOfTable(table: string, named: string): boolean {
  return isSameTable(table, named) || table.toLowerCase().startsWith(`${named.toLowerCase()}_`);
}
