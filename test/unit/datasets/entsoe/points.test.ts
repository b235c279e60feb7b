/** Do recorded answers become the points of their datasets, value for value, and nothing else? And what must be refused? */

import { describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { answerToDay, interpret } from '../../../../domain/interpret/interpret.ts';
import { deliveryInterval } from '../../../../domain/time/delivery-day.ts';
import { bodyOf, linesByText, RECORDED, seriesByText, xmlOf } from '../../../support/entsoe/by-text.ts';
import { HAS_RECORDINGS } from '../../../support/recordings.ts';
import { still } from '../../../support/simulator/ask.ts';
import { askEntsoe, daysOf, KIND } from '../../../support/simulator/entsoe.ts';

const { get } = await loadCatalog(datasetPlaces());
const EVER = { startMs: 0, endMs: Date.parse('2100-01-01T00:00Z') };

const lineOf = (point: { series: string; startsAtMs: number; value: number | null }) =>
  `${point.series} ${new Date(point.startsAtMs).toISOString()} ${point.value}`;

function decode(id: string, part: string, body: Uint8Array, window = EVER) {
  const dataset = get(id);
  return dataset.pull.decode(body, answerToDay(dataset, '2025-10-01', { part, window }));
}

/** A text of the recording in another one's place. */
function changed(file: string, ...changes: readonly [string | RegExp, string][]): Buffer {
  return Buffer.from(changes.reduce((xml, [from, to]) => xml.replaceAll(from, to), xmlOf(file)));
}

if (HAS_RECORDINGS) {
  describe.each(RECORDED)('$file as $dataset', (recorded) => {
    const { file, dataset: id, part, day, value, sums } = recorded;
    const dataset = get(id);
    const window = deliveryInterval(dataset, day);
    const answer = answerToDay(dataset, day, { part });

    test('every value is read as it stands there', () => {
      const { points, findings } = decode(id, part, bodyOf(file));
      expect(findings).toEqual([]);
      expect(points.map(lineOf)).toEqual(linesByText(recorded, EVER));
      const summed = seriesByText(xmlOf(file), value).map(({ values }) =>
        [...values.values()].reduce((a, b) => a + b, 0),
      );
      for (const [i, sum] of sums.entries()) expect(summed[i]).toBeCloseTo(sum, 1);
    });

    test('what was not asked for is left out, and the day is complete', () => {
      const read = interpret(dataset, day, bodyOf(file), undefined, answer);
      expect(read.points.map(lineOf).toSorted()).toEqual(linesByText(recorded, window).toSorted());
      expect(read.findings).toEqual([]);
      expect(read.points).toHaveLength(read.expectedPoints ?? 0);
    });

    test('ids and instants of an answer mean nothing', () => {
      if (file.endsWith('.zip')) return;
      const again = changed(
        file,
        [/<mRID>[0-9a-f]{32}<\/mRID>/g, '<mRID>00000000000000000000000000000000</mRID>'],
        [/<createdDateTime>[^<]*</g, '<createdDateTime>2027-01-01T00:00:00Z<'],
      );
      expect(again.equals(bodyOf(file))).toBe(false);
      const canonical = (body: Buffer) => interpret(dataset, day, body, undefined, answer).canonical;
      expect(canonical(again)).toBe(canonical(bodyOf(file)));
    });
  });

  test('each point has the step of its Period, also within a day', () => {
    const steps = (day: string) => {
      const { startMs, endMs } = deliveryInterval(get('entsoe.day-ahead-prices'), day);
      const { points } = decode(
        'entsoe.day-ahead-prices',
        'BE',
        bodyOf('a44_be_20241006_20241008_mixed_periods.xml'),
        {
          startMs,
          endMs,
        },
      );
      return [...new Set(points.map(({ stepMs }) => (stepMs ?? 0) / 60_000))];
    };
    expect(['2024-10-06', '2024-10-07', '2024-10-08'].map(steps)).toEqual([[15], [15], [60]].slice(0, 3));
  });

  test('a hole between two Periods stays one: nothing is filled across', () => {
    const period = (start: string, end: string) =>
      `<Period><timeInterval><start>2024-09-01T${start}Z</start><end>2024-09-01T${end}Z</end></timeInterval>` +
      '<resolution>PT15M</resolution><Point><position>1</position><quantity>7</quantity></Point></Period>';
    const holed = changed('a65_actual_nl_20240902.xml', [
      /<Period>[\s\S]*<\/Period>/g,
      period('12:00', '12:30') + period('13:00', '13:15'),
    ]);
    expect(decode('entsoe.load-actual', 'NL', holed).points.map(lineOf)).toEqual([
      'NL 2024-09-01T12:00:00.000Z 7',
      'NL 2024-09-01T12:15:00.000Z 7',
      'NL 2024-09-01T13:00:00.000Z 7',
    ]);
  });

  test('of the two auctions either may be missing, in whatever order: the day is not complete then', () => {
    const file = 'a44_de_lu_20260202_20260203_seq1_seq2.xml';
    const dataset = get('entsoe.day-ahead-prices');
    const [head = '', ...series] = xmlOf(file).split(/(?=<TimeSeries>)/);
    const first = (i: number) => (series[i] ?? '').replace('</Publication_MarketDocument>', '');
    const read = (...which: number[]) =>
      interpret(
        dataset,
        '2026-02-02',
        Buffer.from([head, ...which.map(first), '</Publication_MarketDocument>'].join('')),
        undefined,
        answerToDay(dataset, '2026-02-02', { part: 'DE_LU' }),
      );
    const both = read(0, 1);
    expect(both.points).toHaveLength(192);
    expect(read(1, 0).canonical).toBe(both.canonical);
    for (const [only, name] of [
      [0, 'DE_LU.2'],
      [1, 'DE_LU.1'],
    ] as const) {
      const one = read(only);
      expect(new Set(one.points.map(({ series: each }) => each))).toEqual(new Set([name]));
      expect([one.points.length, one.expectedPoints]).toEqual([96, 192]);
      expect(one.findings.map(({ rule }) => rule)).toEqual(['missing_series']);
    }
  });

  test.each([
    [
      'another auction',
      'entsoe.day-ahead-prices',
      'ES',
      'a44_es_20250929_20251002_switch_60_to_15.xml',
      '<contract_MarketAgreement.type>A01',
      '<contract_MarketAgreement.type>A07',
    ],
    [
      'another currency',
      'entsoe.day-ahead-prices',
      'ES',
      'a44_es_20250929_20251002_switch_60_to_15.xml',
      '>EUR<',
      '>PLN<',
    ],
    ['another document', 'entsoe.load-actual', 'NL', 'a65_actual_nl_20240902.xml', '<type>A65', '<type>A75'],
    ['another process', 'entsoe.load-actual', 'NL', 'a65_forecast_nl_20240902.xml', 'x', 'x'],
    ['another zone', 'entsoe.load-actual', 'BE', 'a65_actual_nl_20240902.xml', 'x', 'x'],
    ['the other direction', 'entsoe.physical-flows', 'NL>DE_LU', 'a11_nl_de_lu_20240902.xml', 'x', 'x'],
    ['another zone in a zip', 'entsoe.imbalance-prices', 'BE', 'a85_at_20240101_20240104.zip', 'x', 'x'],
    [
      'no zone at all',
      'entsoe.load-actual',
      'NL',
      'a65_actual_nl_20240902.xml',
      'outBiddingZone_Domain.mRID',
      'other',
    ],
  ])('the right day of %s is refused', (_, id, part, file, from, to) => {
    expect(() => decode(id, part, changed(file, [from, to]))).toThrow(
      /^the answer is of .+, requested was .+/,
    );
  });

  test.each([
    ['PT15M', 'PT5M', 'has intervals of 5 minutes'],
    ['PT15M', 'P1D', 'has the resolution P1D'],
    ['2024-09-01T22:00Z', '2024-09-01T22:07Z', 'intervals of 15 minutes from 2024-09-01T22:07'],
  ])('%s read as %s is refused', (from, to, reason) => {
    expect(() =>
      decode('entsoe.load-actual', 'NL', changed('a65_actual_nl_20240902.xml', [from, to])),
    ).toThrow(reason);
  });

  test('a value that is no number is quarantined at each instant that it stands for', () => {
    const file = 'a69_dayahead_nl_20240902_rev3.xml';
    const body = changed(file, [/<quantity>0<\/quantity>/g, '<quantity>n/e</quantity>']);
    const { points, findings } = decode('entsoe.wind-solar-forecast-day-ahead', 'NL', body);
    expect(findings.length).toBeGreaterThan(20);
    expect(points.length + findings.length).toBe(3 * 96);
    expect(findings[0]).toMatchObject({
      rule: 'unreadable_value',
      severity: 'block',
      series: 'NL.B16',
      raw: 'n/e',
    });
  });

  test('a day of zeros is suspected: none of it is written', () => {
    const dataset = get('entsoe.day-ahead-prices');
    const zeros = changed('a44_es_20250929_20251002_switch_60_to_15.xml', [
      /<price.amount>[^<]*</g,
      '<price.amount>0<',
    ]);
    const read = interpret(
      dataset,
      '2025-10-01',
      zeros,
      undefined,
      answerToDay(dataset, '2025-10-01', { part: 'ES' }),
    );
    expect([read.points.length, read.quarantined.length]).toEqual([0, 96]);
    expect(new Set(read.findings.map(({ rule }) => rule))).toContain('all_zeros');
  });

  test('nothing for what was asked is nothing; any other acknowledgement is refused', () => {
    const dataset = get('entsoe.day-ahead-prices');
    const answer = answerToDay(dataset, '2025-10-01', { part: 'ES' });
    const read = (body: Buffer) => interpret(dataset, '2025-10-01', body, undefined, answer);
    expect(read(bodyOf('ack_999_no_data.xml'))).toMatchObject({ kind: 'empty', findings: [] });
    for (const text of [
      "Provided time interval (a - b) is larger than maximum allowed period 'P1M' for 'ACTUAL_TOTAL_LOAD_R3:XML' export.",
      'The combination of [DOCUMENT_TYPE=a44] is not valid',
      'Input parameter does not exist: x',
      'The number of instances (342) exceeds the allowed maximum (200) for data item X',
    ]) {
      const refused = read(changed('ack_999_no_data.xml', [/<text>.*<\/text>/g, `<text>${text}</text>`]));
      expect(refused).toMatchObject({ kind: 'refused', findings: [{ rule: 'rejected' }] });
      expect(refused.findings[0]?.reason).toContain(text);
    }
    const empty = changed('a44_es_20250929_20251002_switch_60_to_15.xml', [
      /<TimeSeries>[\s\S]*<\/TimeSeries>/g,
      '',
    ]);
    expect(read(empty)).toMatchObject({ kind: 'empty' });
  });
}

describe.each([
  ['day-ahead-prices', 'A44', 2],
  ['load-actual', 'A65_A16', 1],
  ['load-forecast', 'A65_A01', 1],
  ['wind-solar-forecast-day-ahead', 'A69_A01', 3],
  ['wind-solar-forecast-intraday', 'A69_A40', 3],
  ['wind-solar-forecast-current', 'A69_A18', 3],
  ['generation-by-type', 'A75', 8],
  ['imbalance-prices', 'A85', 2],
] as const)('%s of the simulator', (name, kind, series) => {
  test.each(['2026-11-18', '2026-03-29', '2026-10-25'])('%s is complete, without warnings', (day) => {
    const dataset = get(`entsoe.${name}`);
    const simulation = still({ entsoe: { requests: 0 } });
    const { body, binary } = askEntsoe(simulation, { ...KIND[kind]('DE_LU'), ...daysOf(day) });
    const bytes = Buffer.from(body, binary ? 'latin1' : 'utf8');
    const read = interpret(dataset, day, bytes, undefined, answerToDay(dataset, day, { part: 'DE_LU' }));
    expect(read.findings).toEqual([]);
    expect(new Set(read.points.map((point) => point.series)).size).toBe(series);
    expect(read.points).toHaveLength(read.expectedPoints ?? 0);
  });
});
