/** Outages: recorded documents as records, and the fetching of a day part by part, page by page. */
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { FetchContext } from '../../../../domain/dataset/fetcher.ts';
import type { PulledRecords } from '../../../../domain/dataset/records.ts';
import { interpretRecords } from '../../../../domain/interpret/interpret-records.ts';
import { Failure } from '../../../../domain/workflow/failures.ts';
import { zipMembers } from '../../../../kit/decode/zip.ts';
import type { Simulation } from '../../../../simulator/simulation.ts';
import { bundled } from '../../../support/bundled.ts';
import { bodyOf, xmlOf } from '../../../support/entsoe/by-text.ts';
import { HAS_RECORDINGS } from '../../../support/recordings.ts';
import { still } from '../../../support/simulator/ask.ts';
import { askEntsoe } from '../../../support/simulator/entsoe.ts';

const generationOutages = bundled<PulledRecords>('entsoe.generation-outages');
const transmissionOutages = bundled<PulledRecords>('entsoe.transmission-outages');

const DAY = '2026-11-18';

type Kept = FetchContext['kept'];
const NOTHING_KEPT: Kept = () => Promise.resolve(new Map());
const ALL_KEPT: Kept = (keys) => Promise.resolve(new Map(keys.map((key) => [key, [1, 2, 3, 4, 5]])));

/** A day as the fetcher brings it from a simulation, and the requests that it took. */
async function fetchFrom(
  simulation: Simulation,
  dataset: PulledRecords,
  zones = 'NL',
  kept = ALL_KEPT,
  day = DAY,
) {
  const queries: Readonly<Record<string, string>>[] = [];
  const context: Partial<FetchContext> = {
    ...{ settings: { ENTSOE_ZONES: zones }, kept },
    ask: ({ path, query }) => {
      queries.push(query);
      const { status, body, contentType } = askEntsoe(simulation, query);
      if (status !== 200) throw new Error(`${status} ${body}`);
      return Promise.resolve({ url: path, status, contentType, body: Buffer.from(body, 'latin1') });
    },
  };
  const { body } = await dataset.pull.fetch(day, context as FetchContext);
  return { body, queries };
}

const open = (more = {}, entsoe = {}) => still({ entsoe: { requests: 0, ...entsoe }, ...more });

if (HAS_RECORDINGS)
  describe('recorded', () => {
    const { records, findings } = interpretRecords(
      generationOutages,
      '2024-01-10',
      bodyOf('a80_be_202401_planned.zip'),
    );
    const documents = xmlOf('a80_be_202401_planned.zip').split('<Unavailability_MarketDocument').slice(1);
    const textsOf = (tag: string) =>
      documents.map((xml) => new RegExp(`<${tag}[^>]*>([^<]*)<`).exec(xml)?.[1] ?? null);

    test('each document is a record, value for value', () => {
      expect(findings).toEqual([]);
      const bodies = records.map(({ body }) => JSON.parse(body ?? ''));
      const expected = documents.map((xml, i) => ({
        key: textsOf('mRID')[i],
        version: Number(textsOf('revisionNumber')[i]),
        status: /<docStatus>\s*<value>(A\d+)/.exec(xml)?.[1] ?? 'A05',
        unit: textsOf('production_RegisteredResource.mRID')[i],
        unit_name: textsOf('production_RegisteredResource.name')[i],
        psr_type: textsOf('production_RegisteredResource.pSRType.psrType')[i],
        nominal_mw: Number(textsOf('production_RegisteredResource.pSRType.powerSystemResources.nominalP')[i]),
        published_at: new Date(textsOf('createdDateTime')[i] as string).toISOString(),
        available: [...xml.matchAll(/<quantity>([^<]*)</g)].map(([, mw]) => Number(mw)),
      }));
      expect(
        records.map(({ key, version }, i) => ({
          ...{ key, version, status: bodies[i].status, unit: bodies[i].unit, unit_name: bodies[i].unit_name },
          ...{
            psr_type: bodies[i].psr_type,
            nominal_mw: bodies[i].nominal_mw,
            published_at: bodies[i].published_at,
          },
          available: bodies[i].available.map(({ mw }: { mw: number }) => mw),
        })),
      ).toEqual(expected);
      expect(new Set(bodies.map(({ zone }) => zone))).toEqual(new Set(['BE']));
    });

    test('versions of the publisher are told apart', () => {
      expect(Math.max(...records.map(({ version }) => version))).toBe(5);
      expect(records.filter(({ body }) => JSON.parse(body ?? '').status === 'A09')).toHaveLength(5);
      const [first] = records;
      expect(first?.startsAtMs).toBe(Date.parse('2023-10-11T15:37Z'));
      expect(JSON.parse(first?.body ?? '').ends_at).toBe('2024-03-05T08:00:00.000Z');
    });
  });

describe.each([
  ['generation', generationOutages],
  ['transmission', transmissionOutages],
] as const)('a day of %s', (_, dataset) => {
  test('is all documents of all parts, under names of their own', async () => {
    const { body, queries } = await fetchFrom(open(), dataset, 'NL,BE');
    const names = zipMembers(body).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(name).toMatch(/^[A-Z0-9_-]+\/sim\w+\.[1-9]\.xml$/);
    // Each area twice: what is active or cancelled, and what was withdrawn.
    expect(queries.length).toBe(2 * (dataset === generationOutages ? 2 : 16));
    const { records, findings, kind } = interpretRecords(dataset, DAY, body);
    expect([kind, findings, records.length]).toEqual(['points', [], names.length]);
  });

  test('has the same bytes when nothing has changed, later versions when something has', async () => {
    const early = open({ now: '2026-11-10T12:00:00Z' });
    const [one, again] = [await fetchFrom(early, dataset), await fetchFrom(early, dataset)];
    expect(Buffer.compare(one.body, again.body)).toBe(0);
    const versions = async (now: string) => {
      const { body } = await fetchFrom(open({ now }), dataset, 'NL,BE,FR,DE_LU');
      return interpretRecords(dataset, DAY, body).records.map(({ key, version }): [string, number] => [
        key,
        version,
      ]);
    };
    const before = new Map(await versions('2026-11-10T12:00:00Z'));
    const after = await versions('2026-11-18T12:00:00Z');
    expect(after.filter(([key, version]) => version > (before.get(key) ?? version)).length).toBeGreaterThan(
      0,
    );
  });
});

describe('versions', () => {
  const ZONES = 'NL,BE,FR,DE_LU';
  const later = open({ now: '2026-11-18T12:00:00Z' });
  const read = async (kept: Kept) => {
    const { body, queries } = await fetchFrom(later, generationOutages, ZONES, kept);
    const { records, findings } = interpretRecords(generationOutages, DAY, body);
    expect(findings).toEqual([]);
    return { records, byId: queries.filter(({ mRID }) => mRID !== undefined) };
  };

  test('that nobody has kept are asked for by the id of the outage, each from the first on', async () => {
    const { records, byId } = await read(NOTHING_KEPT);
    const highest = new Map<string, number>();
    for (const { key, version } of records) highest.set(key, Math.max(version, highest.get(key) ?? 0));
    const several = [...highest].filter(([, version]) => version > 1);
    expect(several.length).toBeGreaterThan(2);
    expect(byId.map(({ mRID }) => mRID).toSorted()).toEqual(several.map(([key]) => key).toSorted());
    for (const [key, version] of highest)
      expect(records.flatMap((each) => (each.key === key ? each.version : [])).toSorted()).toEqual(
        Array.from({ length: version }, (_, i) => i + 1),
      );
  });

  test('that are kept, or of which the last one is, are not asked for', async () => {
    const { records } = await read(ALL_KEPT);
    const last = new Map(records.map(({ key, version }) => [key, version]));
    const only = (pick: (version: number) => number[]): Kept => {
      return (keys) => Promise.resolve(new Map(keys.map((key) => [key, pick(last.get(key) ?? 0)])));
    };
    expect((await read(only((version) => [version]))).byId).toEqual([]);
    const before = (version: number) => Array.from({ length: version - 1 }, (_, i) => i + 1);
    expect((await read(only(before))).byId).toEqual([]);
  });

  test('of which the last one withdraws the outage are asked for by their status', async () => {
    const statuses = new Set<string>();
    for (const day of ['2026-11-02', '2026-11-09', '2026-11-18'])
      for (const { body } of interpretRecords(
        generationOutages,
        day,
        (await fetchFrom(later, generationOutages, `${ZONES},ES,PL,AT,CZ`, ALL_KEPT, day)).body,
      ).records)
        statuses.add(JSON.parse(body ?? '').status);
    expect(statuses).toEqual(new Set(['A05', 'A09', 'A13']));
  });

  test('cost no day where the platform refuses to tell them', async () => {
    const ask: FetchContext['ask'] = ({ query }) => {
      if (query.mRID !== undefined)
        return Promise.reject(new Failure('REQUEST_REFUSED', 'mRID is not known', { status: 400 }));
      const answer = { url: '', status: 200, contentType: 'application/zip' };
      const body = zipSync({
        'a.xml': Buffer.from(xmlOfOutage('x').replace('<revisionNumber>1', '<revisionNumber>3')),
      });
      return Promise.resolve({ ...answer, body: query.DocStatus === undefined ? body : zipSync({}) });
    };
    const context = { settings: { ENTSOE_ZONES: 'NL' }, ask, kept: NOTHING_KEPT } as Partial<FetchContext>;
    const { body } = await generationOutages.pull.fetch(DAY, context as FetchContext);
    expect(interpretRecords(generationOutages, DAY, body).records).toMatchObject([{ key: 'x', version: 3 }]);
  });
});

test('pages are asked for until there are no more, and only once where the offset is ignored', async () => {
  const document = (i: number) =>
    Buffer.from(xmlOfOutage(`id-${i}`).replace('<revisionNumber>1', `<revisionNumber>${1 + (i % 3)}`));
  const pageOf = (from: number, count: number) =>
    zipSync(Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.xml`, document(from + i)])));
  const run = async (page: (offset: number) => Uint8Array) => {
    const offsets: number[] = [];
    const ask: FetchContext['ask'] = ({ query }) => {
      if (query.DocStatus === undefined) offsets.push(Number(query.offset));
      const body = query.DocStatus === undefined ? page(Number(query.offset)) : zipSync({});
      return Promise.resolve({ url: '', status: 200, contentType: 'application/zip', body });
    };
    const context = {
      settings: { ENTSOE_ZONES: 'NL' },
      ask,
      kept: ALL_KEPT,
    } as Partial<FetchContext> as FetchContext;
    const { body } = await generationOutages.pull.fetch(DAY, context);
    return { offsets, records: interpretRecords(generationOutages, DAY, body).records.length };
  };
  expect(await run((offset) => pageOf(offset, offset === 400 ? 7 : 200))).toEqual({
    offsets: [0, 200, 400],
    records: 407,
  });
  expect(await run(() => pageOf(0, 200))).toEqual({ offsets: [0, 200], records: 200 });
});

test('nothing is a day without outages; what is no outage is refused, what cannot be read is quarantined', async () => {
  const { body } = await fetchFrom(open({ faults: ['empty-data'] }), generationOutages);
  expect(interpretRecords(generationOutages, DAY, body)).toMatchObject({
    kind: 'empty',
    records: [],
    findings: [],
  });
  const page = await fetchFrom(open({ faults: ['html-200'] }), generationOutages);
  expect(interpretRecords(generationOutages, DAY, page.body)).toMatchObject({ kind: 'refused' });
  const other = zipSync({ 'a.xml': Buffer.from(xmlOfOutage('x').replace('A80', 'A77')) });
  expect(interpretRecords(generationOutages, DAY, other).findings).toMatchObject([{ rule: 'wrong_product' }]);
  const timeless = xmlOfOutage('x').replaceAll('unavailability_Time_Period', 'other_Period');
  const read = interpretRecords(generationOutages, DAY, zipSync({ 'a.xml': Buffer.from(timeless) }));
  expect(read).toMatchObject({
    records: [],
    findings: [{ rule: 'unreadable_outage', severity: 'block', series: 'x' }],
  });
});

test('a zip that cannot be unpacked is kept as it came, and refused when it is read', async () => {
  const whole = zipSync({ 'a.xml': Buffer.from(xmlOfOutage('x')) });
  const broken = Buffer.from(whole.subarray(0, whole.length - 30));
  const context: Partial<FetchContext> = {
    ...{ settings: { ENTSOE_ZONES: 'NL' }, kept: NOTHING_KEPT },
    ask: ({ path }) =>
      Promise.resolve({ url: path, status: 200, contentType: 'application/zip', body: broken }),
  };
  const { body } = await generationOutages.pull.fetch(DAY, context as FetchContext);
  const read = interpretRecords(generationOutages, DAY, body);
  expect(read).toMatchObject({ kind: 'refused', findings: [{ rule: 'not_zip', severity: 'block' }] });
});

function xmlOfOutage(mrid: string): string {
  const interval = '<start>2026-11-18T00:00Z</start><end>2026-11-19T00:00Z</end>';
  return (
    `<Unavailability_MarketDocument><mRID>${mrid}</mRID><revisionNumber>1</revisionNumber><type>A80</type>` +
    `<unavailability_Time_Period.timeInterval>${interval}</unavailability_Time_Period.timeInterval>` +
    `<TimeSeries><businessType>A53</businessType><curveType>A03</curveType><Available_Period><timeInterval>${interval}` +
    '</timeInterval><resolution>PT1M</resolution><Point><position>1</position><quantity>0</quantity></Point>' +
    '</Available_Period></TimeSeries></Unavailability_MarketDocument>'
  );
}
