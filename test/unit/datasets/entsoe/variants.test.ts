/** Documents as the platform sends, or sent, them elsewhere than in the recordings: made by hand, so that each says one thing. */
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { endsOf } from '../../../../datasets/entsoe/borders.ts';
import { zoneOf } from '../../../../datasets/entsoe/zones.ts';
import type { PulledRecords } from '../../../../domain/dataset/records.ts';
import { answerToDay, interpret } from '../../../../domain/interpret/interpret.ts';
import { interpretRecords } from '../../../../domain/interpret/interpret-records.ts';
import { bundled } from '../../../support/bundled.ts';

const outages = bundled<PulledRecords>('entsoe.generation-outages');

const { get } = await loadCatalog(datasetPlaces());

function read(id: string, part: string, day: string, body: string | Uint8Array) {
  const dataset = get(id);
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return interpret(dataset, day, bytes, undefined, answerToDay(dataset, day, { part }));
}

const values = ({ points }: ReturnType<typeof read>, series: string) =>
  points.filter((point) => point.series === series).map(({ value }) => value);

interface Made {
  readonly start: string;
  readonly end: string;
  readonly resolution: string;
  /** By position. */
  readonly points: Readonly<Record<number, string>>;
}

function period({ start, end, resolution, points }: Made, value: string, after = ''): string {
  const all = Object.entries(points).map(
    ([position, text]) =>
      `<Point><position>${position}</position><${value}>${text}</${value}>${after}</Point>`,
  );
  return `<Period><timeInterval><start>${start}</start><end>${end}</end></timeInterval><resolution>${resolution}</resolution>${all.join('')}</Period>`;
}

/** Prices as before October 2024: no contract, no auction, another version of the namespace. */
function oldPrices(zone: string, curve: string, ...periods: readonly Made[]): string {
  const { eic } = zoneOf(zone);
  return `<?xml version="1.0" encoding="UTF-8"?>
  <Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:0">
    <mRID>x</mRID><revisionNumber>1</revisionNumber><type>A44</type>
    <TimeSeries><mRID>1</mRID><businessType>A62</businessType>
      <in_Domain.mRID codingScheme="A01">${eic}</in_Domain.mRID><out_Domain.mRID codingScheme="A01">${eic}</out_Domain.mRID>
      <currency_Unit.name>EUR</currency_Unit.name><price_Measure_Unit.name>MWH</price_Measure_Unit.name>
      <curveType>${curve}</curveType>${periods.map((each) => period(each, 'price.amount')).join('')}
    </TimeSeries></Publication_MarketDocument>`;
}

const hours = (count: number, of: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, of(i)]));
const day = { start: '2024-03-30T23:00Z', end: '2024-03-31T22:00Z', resolution: 'PT60M' };

describe('prices', () => {
  const FR = 'entsoe.day-ahead-prices';

  test('of an older version say no contract; a day of 23 hours; numbers as people wrote them', () => {
    const texts = ['-0.01', '+3', '.5', '7.', '-500', '0', '-0', '0089'];
    const points = hours(23, (i) => texts[i % texts.length] as string);
    const found = read(FR, 'FR', '2024-03-31', oldPrices('FR', 'A01', { ...day, points }));
    expect(found.findings).toEqual([]);
    expect(found.points).toHaveLength(23);
    expect(values(found, 'FR').slice(0, 8)).toEqual([-0.01, 3, 0.5, 7, -500, 0, 0, 89]);
    expect(Object.is(values(found, 'FR')[6], 0)).toBe(true);
  });

  test.each([
    [
      'a prefix',
      (xml: string) => xml.replaceAll(/<(\/?)(?=[A-Za-z])/g, '<$1ns0:').replace('xmlns=', 'xmlns:ns0='),
    ],
    ['a byte order mark', (xml: string) => `\uFEFF${xml.trim()}`],
    ['comments and CDATA', (xml: string) => xml.replaceAll('>10<', '><!-- ten --><![CDATA[10]]><')],
    ['white space', (xml: string) => xml.replaceAll('><', '>\n\t <').replaceAll('>10<', '> 10\n<')],
    ['a namespace of the future', (xml: string) => xml.replace('7:0"', '9:7"')],
  ])('are the same with %s', (_, change) => {
    const xml = oldPrices('FR', 'A03', { ...day, points: { 1: '10', 5: '10.5' } });
    const found = read(FR, 'FR', '2024-03-31', change(xml));
    expect(values(found, 'FR')).toEqual([...Array(4).fill(10), ...Array(19).fill(10.5)]);
  });

  test('one point of curve A03 stands for 100 quarters of a day of 25 hours', () => {
    const long = { start: '2025-10-25T22:00Z', end: '2025-10-26T23:00Z', resolution: 'PT15M' };
    const found = read(FR, 'FR', '2025-10-26', oldPrices('FR', 'A03', { ...long, points: { 1: '0.00' } }));
    expect(found.points).toHaveLength(0);
    expect(found.quarantined).toHaveLength(100);
    const other = read(FR, 'FR', '2025-10-26', oldPrices('FR', 'A03', { ...long, points: { 1: '1.00' } }));
    expect(values(other, 'FR')).toEqual(Array(100).fill(1));
    expect(other.findings).toEqual([]);
  });

  test('half hours stand, in a day that begins in hours', () => {
    const found = read(
      FR,
      'IE_SEM',
      '2024-06-01',
      oldPrices(
        'IE_SEM',
        'A01',
        {
          start: '2024-05-31T22:00Z',
          end: '2024-06-01T10:00Z',
          resolution: 'PT1H',
          points: hours(12, () => '5'),
        },
        {
          start: '2024-06-01T10:00Z',
          end: '2024-06-01T22:00Z',
          resolution: 'PT30M',
          points: hours(24, String),
        },
      ),
    );
    expect(found.points).toHaveLength(36);
    expect(found.findings).toEqual([]);
    expect(found.expectedPoints).toBe(36);
  });

  test('positions that curve A01 leaves out are missing; before the first of curve A03 nothing is known', () => {
    const points = { 1: '1', 2: '2', 23: '23' };
    const holed = read(FR, 'FR', '2024-03-31', oldPrices('FR', 'A01', { ...day, points }));
    expect(values(holed, 'FR')).toEqual([1, 2, 23]);
    expect(holed.expectedPoints).toBe(23);
    const late = read(FR, 'FR', '2024-03-31', oldPrices('FR', 'A03', { ...day, points: { 20: '4' } }));
    expect(values(late, 'FR')).toEqual([4, 4, 4, 4]);
    expect(late.points[0]?.startsAtMs).toBe(Date.parse('2024-03-31T18:00Z'));
  });

  test('of days beside the one that was asked for are other days', () => {
    const before = { start: '2024-03-29T23:00Z', end: '2024-03-30T23:00Z', resolution: 'PT60M' };
    const both = oldPrices('FR', 'A03', { ...before, points: { 1: '1' } }, { ...day, points: { 1: '2' } });
    expect(new Set(values(read(FR, 'FR', '2024-03-31', both), 'FR'))).toEqual(new Set([2]));
    expect(new Set(values(read(FR, 'FR', '2024-03-30', both), 'FR'))).toEqual(new Set([1]));
  });

  test.each([
    ['another currency', '>EUR<', '>BGN<'],
    ['another area', `>${zoneOf('FR').eic}<`, `>${zoneOf('BE').eic}<`],
  ])('in %s are refused', (_, from, to) => {
    const xml = oldPrices('FR', 'A03', { ...day, points: { 1: '10' } }).replace(from, to);
    expect(read(FR, 'FR', '2024-03-31', xml)).toMatchObject({
      kind: 'refused',
      findings: [{ rule: 'wrong_product' }],
    });
  });
});

test('a flow with holes comes as several TimeSeries: nothing is filled between them', () => {
  const { from, to } = endsOf('DK_1>GB');
  const series = (start: string, end: string) =>
    `<TimeSeries><mRID>1</mRID><businessType>A66</businessType><in_Domain.mRID codingScheme="A01">${to.eic}</in_Domain.mRID>
     <out_Domain.mRID codingScheme="A01">${from.eic}</out_Domain.mRID><quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>
     <curveType>A03</curveType>${period({ start, end, resolution: 'PT60M', points: { 1: '800' } }, 'quantity')}</TimeSeries>`;
  const xml = `<Publication_MarketDocument xmlns="urn:x"><mRID>1</mRID><type>A11</type>
    ${series('2026-01-14T23:00Z', '2026-01-15T02:00Z')}${series('2026-01-15T05:00Z', '2026-01-15T06:00Z')}
    ${series('2026-01-15T20:00Z', '2026-01-15T23:00Z')}</Publication_MarketDocument>`;
  const found = read('entsoe.physical-flows', 'DK_1>GB', '2026-01-15', xml);
  expect(found.points.map(({ startsAtMs }) => new Date(startsAtMs).getUTCHours())).toEqual([
    23, 0, 1, 5, 20, 21, 22,
  ]);
  expect(found.expectedPoints).toBe(24);
});

describe('imbalance prices', () => {
  const series = (zone: string, currency: string, points: string) =>
    `<TimeSeries><mRID>1</mRID><businessType>A19</businessType><area_Domain.mRID>${zoneOf(zone).eic}</area_Domain.mRID>
     <currency_Unit.name>${currency}</currency_Unit.name><curveType>A03</curveType><Period><timeInterval>
     <start>2024-01-01T23:00Z</start><end>2024-01-02T23:00Z</end></timeInterval><resolution>PT60M</resolution>${points}</Period></TimeSeries>`;
  const point = (position: number, amount: string, category: string) =>
    `<Point><position>${position}</position><imbalance_Price.amount>${amount}</imbalance_Price.amount>
     ${category && `<imbalance_Price.category>${category}</imbalance_Price.category>`}</Point>`;
  const document = (...all: readonly string[]) =>
    `<Balancing_MarketDocument><mRID>1</mRID><type>A85</type><process.processType>A16</process.processType>${all.join('')}</Balancing_MarketDocument>`;
  const ID = 'entsoe.imbalance-prices';

  test('are told apart by each Point, and by a currency that is another', () => {
    const xml = document(
      series('CZ', 'CZK', point(1, '-100.5', 'A04')),
      series('CZ', 'CZK', point(1, '200', 'A05')),
      series('CZ', 'EUR', [point(1, '1', 'A04'), point(13, '2', 'A05')].join('')),
    );
    const found = read(ID, 'CZ', '2024-01-02', xml);
    expect(new Set(found.points.map((each) => each.series))).toEqual(
      new Set(['CZ.A04', 'CZ.A04.CZK', 'CZ.A05', 'CZ.A05.CZK']),
    );
    expect(values(found, 'CZ.A04')).toEqual(Array(12).fill(1));
    expect(values(found, 'CZ.A05')).toEqual(Array(12).fill(2));
    expect(get(ID).seriesAttributes('CZ.A04.CZK')).toEqual({ zone: 'CZ', category: 'A04', currency: 'CZK' });
  });

  test('come plain, zipped, in several members, and in zips within a zip', () => {
    const [one, other] = [
      document(series('AT', 'EUR', point(1, '5', 'A04'))),
      document(series('AT', 'EUR', point(1, '6', 'A05'))),
    ];
    const inner = zipSync({ 'a.xml': Buffer.from(one) });
    const bodies = [
      document(series('AT', 'EUR', point(1, '5', 'A04')), series('AT', 'EUR', point(1, '6', 'A05'))),
      zipSync({ '001.xml': Buffer.from(one), '002.xml': Buffer.from(other) }),
      zipSync({ 'x.zip': inner, '002.xml': Buffer.from(other) }),
    ];
    const [first, ...others] = bodies.map((body) => read(ID, 'AT', '2024-01-02', body));
    expect(first?.points).toHaveLength(48);
    for (const each of others) expect(each.canonical).toBe(first?.canonical);
  });
});

describe('generation', () => {
  const series = (direction: 'in' | 'out', psr: string, resolution: string, value: string) =>
    `<TimeSeries><mRID>1</mRID><businessType>A01</businessType><${direction}BiddingZone_Domain.mRID>${zoneOf('FR').eic}</${direction}BiddingZone_Domain.mRID>
     <MktPSRType><psrType>${psr}</psrType></MktPSRType><curveType>A03</curveType>${period(
       { start: '2026-01-14T23:00Z', end: '2026-01-15T23:00Z', resolution, points: { 1: value } },
       'quantity',
     )}</TimeSeries>`;
  const document = (...all: readonly string[]) =>
    `<GL_MarketDocument><mRID>1</mRID><type>A75</type><process.processType>A16</process.processType>${all.join('')}</GL_MarketDocument>`;

  test('of a type has its own step, and what is consumed is a series beside what is generated', () => {
    const xml = document(
      series('in', 'B10', 'PT60M', '10'),
      series('out', 'B10', 'PT60M', '3'),
      series('in', 'B25', 'PT15M', '-1'),
    );
    const found = read('entsoe.generation-by-type', 'FR', '2026-01-15', xml);
    const counts = new Map<string, number>();
    for (const { series: name } of found.points) counts.set(name, (counts.get(name) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ 'FR.B10': 24, 'FR.B10.consumption': 24, 'FR.B25': 96 });
    expect(found.expectedPoints).toBe(144);
  });

  test('of a type twice with the same values is one series; with others nobody knows which', () => {
    const twice = (other: string) =>
      read(
        'entsoe.generation-by-type',
        'FR',
        '2026-01-15',
        document(series('in', 'B10', 'PT60M', '10'), series('in', 'B10', 'PT60M', other)),
      );
    expect(twice('10').points).toHaveLength(24);
    expect(twice('10').findings.map(({ rule }) => rule)).toEqual(['duplicate']);
    expect(twice('11').points).toHaveLength(0);
    expect(new Set(twice('11').findings.map(({ rule }) => rule))).toContain('conflicting_duplicate');
  });
});

test('of an outage the wind that would have fed in is not what is available', () => {
  const span = (name: string) =>
    `<${name}><start>2026-01-15T10:00Z</start><end>2026-01-15T12:00Z</end></${name}>`;
  const xml = `<Unavailability_MarketDocument><mRID>o</mRID><revisionNumber>2</revisionNumber><type>A80</type>
    <docStatus><value>A13</value></docStatus>${span('unavailability_Time_Period.timeInterval')}
    <TimeSeries><businessType>A54</businessType><biddingZone_Domain.mRID>${zoneOf('NL').eic}</biddingZone_Domain.mRID><curveType>A03</curveType>
    <Available_Period>${span('timeInterval')}<resolution>PT1M</resolution><Point><position>1</position><quantity>40</quantity></Point>
    <Point><position>61</position><quantity>20.5</quantity></Point></Available_Period>
    <WindPowerFeedin_Period>${span('timeInterval')}<resolution>PT60M</resolution><Point><position>1</position><quantity>5</quantity></Point></WindPowerFeedin_Period>
    </TimeSeries><Reason><code>B18</code><text>Failure</text></Reason><Reason><code>A95</code><text>see remarks</text></Reason></Unavailability_MarketDocument>`;
  const { records, findings } = interpretRecords(outages, '2026-01-15', Buffer.from(xml));
  expect(findings).toEqual([]);
  expect(JSON.parse(records[0]?.body ?? '')).toMatchObject({
    ...{ status: 'A13', zone: 'NL', available_mw: 20.5, reason_code: 'B18', reason: 'Failure; see remarks' },
    available: [
      { from: '2026-01-15T10:00:00.000Z', to: '2026-01-15T11:00:00.000Z', mw: 40 },
      { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z', mw: 20.5 },
    ],
  });
});
