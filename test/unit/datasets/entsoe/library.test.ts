/** Lines of the library as its clients quote them, and what is asked of it. */
import { expect, test } from 'vitest';
import { libraryOf } from '../../../../datasets/entsoe/library.ts';
import { generationFiles, loadFiles, priceFiles } from '../../../../datasets/entsoe/library-items.ts';
import { decodeLines, sorterOf } from '../../../../datasets/entsoe/library-lines.ts';
import type { SourceRequest } from '../../../../domain/dataset/pull.ts';
import type { StandInContext } from '../../../../domain/dataset/stand-in.ts';
import { AnswerRefused } from '../../../../domain/interpret/finding.ts';

const tabs = (line: string) => line.replaceAll(/ {2,}/g, '\t');
const PRICES = tabs(
  'InstanceCode  DateTime(UTC)  ResolutionCode  AreaCode  AreaDisplayName  AreaTypeCode  MapCode  ContractType  Sequence  Price[Currency/MWh]  Currency  UpdateTime(UTC)',
);
const price = (zone: string, sequence: string, value: string, more = 'Day-ahead') =>
  [
    ...[
      '242e8d60a55556121f162035f554fa24',
      '2025-10-01 00:00:00',
      'PT15M',
      zone,
      'Somewhere',
      'BZN',
      'XX',
      more,
    ],
    ...[sequence, value, 'EUR', '2025-09-30 11:41:39'],
  ].join('\t');
const [AT, NL] = ['10YAT-APG------L', '10YNL----------L'];
const read = (item: typeof priceFiles, part: string, ...lines: string[]) =>
  decodeLines(item, Buffer.from(`${lines.join('\n')}\n`), { part });

test('prices are told apart by auction where there are two', () => {
  const startsAtMs = Date.parse('2025-10-01T00:00:00Z');
  expect(read(priceFiles, 'AT', PRICES, price(AT, '1', '97.05'), price(AT, '2', '-0.10')).points).toEqual([
    { series: 'AT.1', startsAtMs, value: 97.05, stepMs: 900_000, place: 'line 2' },
    { series: 'AT.2', startsAtMs, value: -0.1, stepMs: 900_000, place: 'line 3' },
  ]);
  for (const sequence of ['', '1'])
    expect(read(priceFiles, 'NL', PRICES, price(NL, sequence, '5')).points).toMatchObject([{ series: 'NL' }]);
});

test('lines of other contracts, areas and kinds of areas belong nowhere', () => {
  const place = sorterOf(priceFiles, PRICES);
  expect(place(price(AT, '1', '97.05'))).toEqual({
    part: 'AT',
    startsAtMs: Date.parse('2025-10-01T00:00:00Z'),
  });
  expect(place(price(AT, '1', '97.05', 'Intraday'))).toBeUndefined();
  expect(place(price('10YDE-ENBW-----N', '1', '97.05'))).toBeUndefined();
  expect(place(price(AT, '1', '97.05').replace('BZN', 'CTY'))).toBeUndefined();
  expect(place('')).toBeUndefined();
});

test('load of an area that is zone, control area and country at once counts', () => {
  const names = tabs(
    'DateTime(UTC)  ResolutionCode  AreaCode  AreaDisplayName  AreaTypeCode  AreaMapCode  TotalLoad[MW]  UpdateTime(UTC)',
  );
  const line = tabs(
    `2025-11-01 00:00:00  PT15M  ${AT}  Austria (AT)  BZN/CTA/CTY  AT  470.0  2025-11-10 10:04:10`,
  );
  expect(sorterOf(loadFiles, names)(line)?.part).toBe('AT');
  expect(read(loadFiles, 'AT', names, line).points).toMatchObject([{ series: 'AT', value: 470 }]);
});

test('types of generation are told by name; only what stores has a zero of consumption', () => {
  const names = tabs(
    'DateTime(UTC)  ResolutionCode  AreaCode  AreaDisplayName  AreaTypeCode  AreaMapCode  ProductionType  ActualGenerationOutput[MW]  ActualConsumption[MW]  UpdateTime(UTC)',
  );
  const of = (type: string, out: string, taken: string) =>
    [
      '2026-02-01 00:00:00',
      'PT15M',
      AT,
      'Austria (AT)',
      'BZN/CTA/CTY',
      'AT',
      type,
      out,
      taken,
      '2026-02-05 10:48:37',
    ].join('\t');
  const { points, findings } = read(
    generationFiles,
    'AT',
    names,
    of('Biomass', '248.000000', '0.000000'),
    of('Hydro Pumped Storage', '', '0.000000'),
    of('Wind Onshore', '3.5', '1.25'),
    of('Fusion', '1', '0'),
  );
  expect(points.map(({ series, value }) => [series, value])).toEqual([
    ['AT.B01', 248],
    ['AT.B10.consumption', 0],
    ['AT.B19', 3.5],
    ['AT.B19.consumption', 1.25],
  ]);
  expect(findings).toMatchObject([{ rule: 'unreadable_series', raw: '?Fusion' }]);
});

test('what cannot be read is found, with its point where it can be told', () => {
  const { points, findings } = read(
    priceFiles,
    'AT',
    PRICES,
    price(AT, '1', 'n/e'),
    price(AT, '1', '1').replace('PT15M', 'PT7M'),
    price(AT, '1', '1').replace('00:00:00', '00:05:00'),
  );
  expect(points).toEqual([]);
  expect(findings).toMatchObject([
    { rule: 'unreadable_value', severity: 'block', series: 'AT.1', raw: 'n/e' },
    { rule: 'unreadable_time' },
    { rule: 'unreadable_time' },
  ]);
  expect(() => read(priceFiles, 'AT', 'a\tb', 'c\td')).toThrow(AnswerRefused);
  expect(() => sorterOf(priceFiles, '<html>')).toThrow('no column "DateTime(UTC)"');
});

test('a folder is listed with a token; files of months long ago do not count', async () => {
  const requests: SourceRequest[] = [];
  const reply = (value: unknown) => ({ headers: {}, body: Buffer.from(JSON.stringify(value)) });
  const names = ['2026_09', '2026_10', '2026_11'].map((month) => `${month}_EnergyPrices_12.1.D_r3.1.csv`);
  const context: StandInContext = {
    settings: { ENTSOE_LIBRARY_USER: 'a@b.c', ENTSOE_LIBRARY_PASSWORD: 'p&w', ENTSOE_LIBRARY_DAYS: '35' },
    nowMs: Date.parse('2026-11-20T12:00:00Z'),
    ask: async (request, credentials) => {
      expect(credentials).toEqual({ headers: { authorization: 'Bearer t0k' } });
      requests.push(request);
      const items = names.map((name, i) => ({
        fileId: `id${i}`,
        name,
        lastUpdatedTimestamp: '2026-11-20T11:00:00Z',
      }));
      return reply({ contentItemList: [...items, { fileId: 'x', name: 'readme.pdf' }] });
    },
    askElsewhere: async (url, { path, post }) => {
      expect(url + path).toBe('https://keycloak.tp.entsoe.eu/realms/tp/protocol/openid-connect/token');
      expect(post?.body).toBe('client_id=tp-fms-public&grant_type=password&username=a%40b.c&password=p%26w');
      return reply({ access_token: 't0k', expires_in: 900 });
    },
  };
  const seen = await libraryOf(priceFiles).list(context);
  expect(seen).toEqual(
    names.slice(1).map((name, i) => ({
      location: `https://fms.tp.entsoe.eu/TP_export/EnergyPrices_12.1.D_r3.1/${name}`,
      signature: `id${i + 1} 2026-11-20T11:00:00Z`,
    })),
  );
  expect(JSON.parse(requests[0]?.post?.body ?? '')).toMatchObject({
    path: '/TP_export/EnergyPrices_12.1.D_r3.1/',
  });
});
