/** Zones with their history, the settings that choose them, the requests that follow. */
import { describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { bordersOn } from '../../../../datasets/entsoe/borders.ts';
import { entsoe } from '../../../../datasets/entsoe/source.ts';
import { pricedZonesOn, ZONES, zonesOn } from '../../../../datasets/entsoe/zones.ts';
import { isPulledPoints } from '../../../../domain/dataset/dataset.ts';
import { deliveryInterval } from '../../../../domain/time/delivery-day.ts';
import { AREAS } from '../../../../simulator/entsoe/areas.ts';

const { all, get } = await loadCatalog(datasetPlaces());
const codes = (zones: readonly { code: string }[]) => zones.map(({ code }) => code);

describe('history', () => {
  test('zones come and go', () => {
    const germany = (day: string) => codes(zonesOn(day)).filter((code) => code.startsWith('DE'));
    expect(['2018-09-30', '2018-10-01'].map(germany)).toEqual([['DE_AT_LU'], ['DE_LU']]);
    const south = (day: string) => codes(zonesOn(day)).filter((code) => /IT_(CALA|ROSN)/.test(code));
    expect(['2020-12-31', '2021-01-01'].map(south)).toEqual([['IT_ROSN'], ['IT_CALA']]);
  });

  test('a price of its own is another matter than load', () => {
    expect(codes(zonesOn('2018-09-30'))).toContain('AT');
    expect(codes(pricedZonesOn('2018-09-30'))).not.toContain('AT');
    expect(codes(pricedZonesOn('2018-10-01'))).toContain('AT');
    expect(codes(pricedZonesOn('2026-01-01'))).not.toContain('GB');
  });

  test('EICs are those that the simulator knows, each of one zone', () => {
    expect(ZONES.map(({ code, eic }) => `${code} ${eic}`).toSorted()).toEqual(
      AREAS.map(({ code, eic }) => `${code} ${eic}`).toSorted(),
    );
    expect(new Set(ZONES.map(({ eic }) => eic)).size).toBe(ZONES.length);
  });

  test('borders are of zones of the day, in both directions', () => {
    for (const day of ['2018-09-30', '2026-01-01']) {
      const there = codes(zonesOn(day));
      const borders = bordersOn(day);
      expect(borders.length).toBeGreaterThan(120);
      for (const border of borders) {
        expect(there).toEqual(expect.arrayContaining(border.split('>')));
        expect(borders).toContain(border.split('>').toReversed().join('>'));
      }
    }
    expect(bordersOn('2018-09-30')).toContain('DE_AT_LU>NL');
    expect(bordersOn('2018-09-30')).not.toContain('DE_LU>NL');
  });
});

describe('settings', () => {
  const faults = (ENTSOE_ZONES: string) => entsoe.settingFaults?.({ ENTSOE_ZONES });

  test('wrong zones are named', () => {
    expect(faults('DE_LU, FR')).toEqual([]);
    expect(faults('DE,FR,XX')).toMatchObject([
      {
        setting: 'ENTSOE_ZONES',
        hint: expect.stringContaining('it has DE, XX, which is no zone; write some of AT, BE,'),
      },
    ]);
  });

  test('chosen zones are the parts of a day; flows are those of all their borders', () => {
    const settings = { ENTSOE_ZONES: 'NL, DE_LU' };
    expect(get('entsoe.load-actual').pull.parts?.of('2026-01-01', settings)).toEqual(['DE_LU', 'NL']);
    expect(get('entsoe.load-actual').pull.parts?.of('2018-01-01', settings)).toEqual(['NL']);
    const flows = get('entsoe.physical-flows').pull.parts?.of('2026-01-01', settings) ?? [];
    expect(flows).toEqual(expect.arrayContaining(['DE_LU>NL', 'NL>DE_LU', 'BE>NL', 'DE_LU>FR']));
    expect(flows.filter((border) => !/DE_LU|NL/.test(border))).toEqual([]);
  });
});

test.each([
  [
    'entsoe.day-ahead-prices',
    'FR',
    'documentType=A44&in_Domain=10YFR-RTE------C&out_Domain=10YFR-RTE------C&contract_MarketAgreement.type=A01',
  ],
  ['entsoe.load-actual', 'FR', 'documentType=A65&processType=A16&outBiddingZone_Domain=10YFR-RTE------C'],
  ['entsoe.load-forecast', 'FR', 'documentType=A65&processType=A01&outBiddingZone_Domain=10YFR-RTE------C'],
  [
    'entsoe.wind-solar-forecast-day-ahead',
    'FR',
    'documentType=A69&processType=A01&in_Domain=10YFR-RTE------C',
  ],
  [
    'entsoe.wind-solar-forecast-intraday',
    'FR',
    'documentType=A69&processType=A40&in_Domain=10YFR-RTE------C',
  ],
  ['entsoe.wind-solar-forecast-current', 'FR', 'documentType=A69&processType=A18&in_Domain=10YFR-RTE------C'],
  ['entsoe.generation-by-type', 'FR', 'documentType=A75&processType=A16&in_Domain=10YFR-RTE------C'],
  [
    'entsoe.physical-flows',
    'FR>BE',
    'documentType=A11&in_Domain=10YBE----------2&out_Domain=10YFR-RTE------C',
  ],
  ['entsoe.imbalance-prices', 'FR', 'documentType=A85&controlArea_Domain=10YFR-RTE------C'],
])('%s is requested as the platform wants it', (id, part, expected) => {
  const dataset = get(id);
  const { path, query } = dataset.pull.request(deliveryInterval(dataset, '2026-03-29'), {
    part,
    settings: {},
  });
  expect(path).toBe('/api');
  expect(String(new URLSearchParams(query))).toBe(
    `${expected}&periodStart=202603282300&periodEnd=202603292200`,
  );
});

test('names of series say where they are of and what', () => {
  const of = (id: string, series: string) => get(`entsoe.${id}`).seriesAttributes(series);
  expect([
    of('day-ahead-prices', 'DE_LU.2'),
    of('day-ahead-prices', 'FR'),
    of('generation-by-type', 'NL.B10.consumption'),
    of('generation-by-type', 'NL.B16'),
    of('physical-flows', 'DE_LU>NL'),
    of('imbalance-prices', 'AT.A04'),
    of('load-actual', 'nowhere'),
  ]).toEqual([
    { zone: 'DE_LU', sequence: '2' },
    { zone: 'FR' },
    { zone: 'NL', psr_type: 'B10', direction: 'consumption' },
    { zone: 'NL', psr_type: 'B16', direction: 'generation' },
    { zone: 'DE_LU', from: 'DE_LU', to: 'NL' },
    { zone: 'AT', category: 'A04' },
    {},
  ]);
});

test('all of the source share its credential and its quota', () => {
  const own = all.filter(({ source }) => source.id === 'entsoe');
  expect(own.length).toBeGreaterThan(8);
  for (const dataset of own.filter(isPulledPoints)) expect(dataset.source).toBe(entsoe);
  expect(entsoe.settings?.ENTSOE_TOKEN?.secret).toBe(true);
});
