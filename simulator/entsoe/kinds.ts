// The kinds of documents with values: how each is requested, its form, and the columns of an area in it.
import type { Area } from './areas.ts';
import { actual, type Column, forecast, imbalance, price, vintage } from './columns.ts';

/** One kind. */
export interface Kind {
  /** Its tables are `entsoe/<name>_<area>`. */
  readonly name: string;
  readonly documentType: string;
  readonly processType?: string;
  readonly item: string;
  /** Root without `_MarketDocument`, and the end of its namespace. */
  readonly root: readonly [name: string, namespace: string];
  readonly file: string;
  /** Parameters that name areas. */
  readonly areas: readonly string[];
  /** Whether all days that a window touches are returned whole, each as a TimeSeries; otherwise cut to the window, as one. */
  readonly whole: boolean;
  readonly zipped?: string;
  /** @param from for a border: the area from which power flows */
  columns(seed: number, area: Area, revisionShare: number, from?: Area): readonly Column[];
}

const GL: Kind['root'] = ['GL', '451-6:generationloaddocument:3:0'];
const load = {
  ...{ documentType: 'A65', root: GL, areas: ['outBiddingZone_Domain'], whole: false },
  title: (eic: string) => [
    '<businessType>A04</businessType>',
    '<objectAggregation>A01</objectAggregation>',
    `<outBiddingZone_Domain.mRID codingScheme="A01">${eic}</outBiddingZone_Domain.mRID>`,
    '<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>',
  ],
};
const renewable = {
  ...{ documentType: 'A69', root: GL, areas: ['in_Domain'], whole: false },
  ...{ item: 'FORECAST_WIND_SOLAR [14.1.D]', file: 'Generation Forecasts Wind Solar' },
};

/** Elements of a TimeSeries of one type of generation; consumed, where the area is the one power goes out of. */
function generationTitle(psr: string, eic: string, business: string, consumed = false): string[] {
  const domain = consumed ? 'outBiddingZone_Domain.mRID' : 'inBiddingZone_Domain.mRID';
  return [
    `<businessType>${business}</businessType>`,
    '<objectAggregation>A08</objectAggregation>',
    `<${domain} codingScheme="A01">${eic}</${domain}>`,
    '<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>',
    `<MktPSRType><psrType>${psr}</psrType></MktPSRType>`,
  ];
}

function renewables({ offshore }: Area): [psr: string, level: number][] {
  return [['B16', 4_000], ...(offshore ? ([['B18', 1_500]] as [string, number][]) : []), ['B19', 5_000]];
}

function renewableTitle(psr: string, eic: string): string[] {
  return generationTitle(psr, eic, psr === 'B16' ? 'A94' : 'A93');
}

/** Two areas have two auctions a day; elsewhere the auction is not named. */
function auctions({ code, eic }: Area): { key: string; title: string[] }[] {
  const title = [
    '<auction.type>A01</auction.type>',
    '<businessType>A62</businessType>',
    `<in_Domain.mRID codingScheme="A01">${eic}</in_Domain.mRID>`,
    `<out_Domain.mRID codingScheme="A01">${eic}</out_Domain.mRID>`,
    '<contract_MarketAgreement.type>A01</contract_MarketAgreement.type>',
    '<currency_Unit.name>EUR</currency_Unit.name>',
    '<price_Measure_Unit.name>MWH</price_Measure_Unit.name>',
  ];
  if (!['AT', 'DE_LU'].includes(code)) return [{ key: 'ts_0', title }];
  const sequence = 'classificationSequence_AttributeInstanceComponent.position';
  return ['2', '1'].map((position) => ({
    key: `ts_${position}`,
    title: [...title, `<${sequence}>${position}</${sequence}>`],
  }));
}

/** Every kind with values. */
export const KINDS: readonly Kind[] = [
  {
    ...{ name: 'A44', documentType: 'A44', item: 'ENERGY_PRICES [12.1.D]', file: 'Energy_Prices' },
    ...{ root: ['Publication', '451-3:publicationdocument:7:3'], areas: ['in_Domain', 'out_Domain'] },
    whole: true,
    columns: (seed, area, share) =>
      area.code === 'GB' ? [] : auctions(area).map(({ key, title }) => price(seed, area, key, title, share)),
  },
  {
    ...load,
    ...{ name: 'A65_A16', processType: 'A16' },
    ...{ item: 'ACTUAL_TOTAL_LOAD_R3:XML', file: 'Actual Total Load' },
    columns: (seed, area, share) => [actual(seed, area, 'ts_load', load.title(area.eic), 9_000, share)],
  },
  {
    ...load,
    ...{ name: 'A65_A01', processType: 'A01' },
    ...{ item: 'DAY_AHEAD_TOTAL_LOAD_FORECAST [6.1.B]', file: 'Day-ahead Total Load Forecast' },
    columns: (seed, area, share) => [
      forecast(seed, area, 'ts_load', load.title(area.eic), 9_000, share, '10:00'),
    ],
  },
  {
    ...{ ...renewable, name: 'A69_A01', processType: 'A01' },
    columns: (seed, area, share) =>
      renewables(area).map(([psr, level]) =>
        forecast(seed, area, `ts_${psr}`, renewableTitle(psr, area.eic), level, share, '18:00'),
      ),
  },
  {
    ...{ ...renewable, name: 'A69_A40', processType: 'A40' },
    columns: (seed, area) =>
      renewables(area).map(([psr, level]) =>
        vintage(seed, area, `ts_${psr}`, renewableTitle(psr, area.eic), level, 1),
      ),
  },
  {
    ...{ ...renewable, name: 'A69_A18', processType: 'A18' },
    columns: (seed, area) =>
      renewables(area).map(([psr, level]) =>
        vintage(seed, area, `ts_${psr}`, renewableTitle(psr, area.eic), level, 6),
      ),
  },
  {
    ...{ name: 'A75', documentType: 'A75', processType: 'A16', root: GL, areas: ['in_Domain'], whole: false },
    ...{ item: 'AGGREGATED_GENERATION_PER_TYPE_R3:XML', file: 'Aggregated Generation per Type' },
    columns: (seed, area, share) => [
      ...[
        ...renewables(area),
        ...([
          ['B04', 3_000],
          ['B10', 400],
          ['B11', 800],
          ['B20', 200],
        ] as const),
      ].map(([psr, level]) =>
        actual(seed, area, `ts_${psr}`, generationTitle(psr, area.eic, 'A01'), level, share),
      ),
      actual(seed, area, 'ts_B10_out', generationTitle('B10', area.eic, 'A01', true), 300, share),
    ],
  },
  {
    ...{ name: 'A11', documentType: 'A11', item: 'PHYSICAL_FLOWS_R3:XML', file: 'Physical Flows' },
    ...{ root: ['Publication', '451-3:publicationdocument:7:0'], areas: ['in_Domain', 'out_Domain'] },
    whole: false,
    columns: (seed, area, share, from) => {
      const title = [
        '<businessType>A66</businessType>',
        `<in_Domain.mRID codingScheme="A01">${area.eic}</in_Domain.mRID>`,
        `<out_Domain.mRID codingScheme="A01">${from?.eic}</out_Domain.mRID>`,
        '<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>',
      ];
      return [actual(seed, area, 'ts_flow', title, 900, share)];
    },
  },
  {
    ...{ name: 'A85', documentType: 'A85', item: 'IMBALANCE_PRICES_R3', file: 'Imbalance Prices' },
    ...{ root: ['Balancing', '451-6:balancingdocument:4:4'], areas: ['controlArea_Domain'], whole: false },
    ...{ processType: 'A16', zipped: 'IMBALANCE_PRICES_R3' },
    columns: (seed, area, share) => ['A04', 'A05'].map((category) => imbalance(seed, area, category, share)),
  },
];
