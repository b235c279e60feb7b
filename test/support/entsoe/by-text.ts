/** Recorded answers of the ENTSO-E platform read by texts alone: an oracle that shares nothing with the reader. */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { ENTSOE_RECORDINGS } from '../recordings.ts';

export function bodyOf(file: string): Buffer {
  return readFileSync(ENTSOE_RECORDINGS + file);
}

/** The XML of a body, that of a zip unpacked. */
export function xmlOf(file: string): string {
  const body = bodyOf(file);
  return file.endsWith('.zip')
    ? Object.values(unzipSync(body))
        .map((xml) => strFromU8(xml))
        .join('\n')
    : body.toString();
}

/** One TimeSeries: what stands in its text, and its values by instant, positions walked one by one: the last one said stands. */
export interface TextSeries {
  readonly text: string;
  readonly values: ReadonlyMap<number, number>;
}

export function seriesByText(xml: string, name: string): TextSeries[] {
  return xml
    .split('<TimeSeries>')
    .slice(1)
    .map((text) => {
      const values = new Map<number, number>();
      for (const period of text.split('<Period>').slice(1)) {
        const at = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(period)?.[1] ?? '';
        const minutes = Number(/PT(\d+)M/.exec(at('resolution'))?.[1]);
        const value = `<position>(\\d+)</position>\\s*<${name.replace('.', '\\.')}>([^<]*)<`;
        const byPosition = new Map(
          [...period.matchAll(new RegExp(value, 'g'))].map(([, position, each]) => [
            Number(position),
            Number(each),
          ]),
        );
        let last = Number.NaN;
        let position = 1;
        for (let ms = Date.parse(at('start')); ms < Date.parse(at('end')); ms += minutes * 60_000) {
          last = byPosition.get(position++) ?? last;
          values.set(ms, last);
        }
      }
      return { text, values };
    });
}

/** The text of an element of a TimeSeries; empty where it has none. */
export function textIn({ text }: TextSeries, tag: string): string {
  return new RegExp(`<${tag.replaceAll('.', '\\.')}[^>]*>([^<]*)<`).exec(text)?.[1] ?? '';
}

export interface Recorded {
  readonly file: string;
  readonly dataset: string;
  readonly part: string;
  /** A delivery day that the recording tells of. */
  readonly day: string;
  readonly value: string;
  /** The series that a TimeSeries is. */
  seriesOf(series: TextSeries): string;
  /** Sums of the series of the README, in document order, where it has them. */
  readonly sums: readonly number[];
}

const psr = (zone: string) => (series: TextSeries) => `${zone}.${textIn(series, 'psrType')}`;
const SEQUENCE = 'classificationSequence_AttributeInstanceComponent.position';

/** Every recorded body with points of a dataset, and the day of it that is looked at. */
export const RECORDED: readonly Recorded[] = [
  {
    ...{ file: 'a44_es_20250929_20251002_switch_60_to_15.xml', dataset: 'entsoe.day-ahead-prices' },
    ...{ part: 'ES', day: '2025-10-01', value: 'price.amount', seriesOf: () => 'ES' },
    sums: [1417.49, 1987.24, 8359.2, 8273.77],
  },
  {
    ...{ file: 'a44_de_lu_20260202_20260203_seq1_seq2.xml', dataset: 'entsoe.day-ahead-prices' },
    ...{ part: 'DE_LU', day: '2026-02-02', value: 'price.amount' },
    seriesOf: (series) => `DE_LU.${textIn(series, SEQUENCE)}`,
    sums: [10320.02, 10343.36, 9270.53, 9453.7],
  },
  {
    ...{ file: 'a44_be_20241006_20241008_mixed_periods.xml', dataset: 'entsoe.day-ahead-prices' },
    ...{ part: 'BE', day: '2024-10-07', value: 'price.amount', seriesOf: () => 'BE' },
    sums: [3694.72 + 7066.28 + 1691.96],
  },
  {
    ...{ file: 'a65_actual_nl_20240902.xml', dataset: 'entsoe.load-actual', part: 'NL', day: '2024-09-02' },
    ...{ value: 'quantity', seriesOf: () => 'NL', sums: [1294078.73] },
  },
  {
    ...{
      file: 'a65_forecast_nl_20240902.xml',
      dataset: 'entsoe.load-forecast',
      part: 'NL',
      day: '2024-09-02',
    },
    ...{ value: 'quantity', seriesOf: () => 'NL', sums: [1008110.48] },
  },
  {
    ...{ file: 'a69_dayahead_nl_20240902_rev3.xml', dataset: 'entsoe.wind-solar-forecast-day-ahead' },
    ...{
      part: 'NL',
      day: '2024-09-02',
      value: 'quantity',
      seriesOf: psr('NL'),
      sums: [106592, 19352, 57628],
    },
  },
  {
    ...{ file: 'a75_se4_20251020_20251023.xml', dataset: 'entsoe.generation-by-type', part: 'SE_4' },
    ...{ day: '2025-10-22', value: 'quantity', seriesOf: psr('SE_4') },
    sums: [33.7, 3963.42, 1853.16, 64593.68, 9751.55],
  },
  {
    ...{ file: 'a11_nl_de_lu_20240902.xml', dataset: 'entsoe.physical-flows', part: 'DE_LU>NL' },
    ...{ day: '2024-09-02', value: 'quantity', seriesOf: () => 'DE_LU>NL', sums: [39576.44] },
  },
  {
    ...{
      file: 'a85_at_20240101_20240104.zip',
      dataset: 'entsoe.imbalance-prices',
      part: 'AT',
      day: '2024-01-02',
    },
    value: 'imbalance_Price.amount',
    seriesOf: (series) => `AT.${textIn(series, 'imbalance_Price.category')}`,
    sums: [],
  },
];

/** `series instant value` of each value that a recorded body tells of an interval. */
export function linesByText(
  { file, value, seriesOf }: Recorded,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): string[] {
  return seriesByText(xmlOf(file), value).flatMap((series) =>
    [...series.values]
      .filter(([ms]) => ms >= startMs && ms < endMs)
      .map(([ms, number]) => `${seriesOf(series)} ${new Date(ms).toISOString()} ${number}`),
  );
}
