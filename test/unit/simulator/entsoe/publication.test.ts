// Does the simulated platform publish as the platform does: auctions apart, vintages, revisions, late areas, outages, faults?
import { describe, expect, test } from 'vitest';
import { nextDay } from '../../../../simulator/business-day.ts';
import { FAULTS, type FaultInput } from '../../../../simulator/faults.ts';
import { control, still } from '../../../support/simulator/ask.ts';
import {
  askEntsoe,
  daysOf,
  documentsOf,
  KIND,
  reasonOf,
  sequencesOf,
  slotsOf,
  type Zone,
} from '../../../support/simulator/entsoe.ts';

const DAY = '2026-11-18';
const open = (entsoe = {}, more = {}) => still({ entsoe: { requests: 0, ...entsoe }, ...more });
const priceText = (zone: Zone, now: string, day: string) =>
  askEntsoe(open({}, { now }), { ...KIND.A44(zone), ...daysOf(day) });

/** A run of days. */
function days(from: string, count: number): string[] {
  return Array.from({ length: count }).reduce<string[]>(
    (all) => [...all, nextDay(all.at(-1) as string)],
    [from],
  );
}

describe('two auctions', () => {
  const before = (day: string, time: string) =>
    `${new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)}T${time}:00Z`;
  const seen = (day: string, time: string) =>
    sequencesOf(documentsOf(priceText('DE_LU', before(day, time), day))).join();
  const YEAR = days('2026-01-01', 300);

  test('the second stands first, and is there before noon; the first follows', () => {
    expect([seen(DAY, '08:00'), seen(DAY, '10:45'), seen(DAY, '13:00')]).toEqual(['', '2', '2,1']);
  });

  test('on some days the first comes before the second, on some it is missing until the day after', () => {
    expect(YEAR.filter((day) => seen(day, '12:30') === '1').length).toBeGreaterThan(2);
    const missing = YEAR.filter((day) => seen(day, '20:00') === '2');
    expect(missing.length).toBeGreaterThan(2);
    const nextNoon = `${missing[0]}T16:00:00Z`;
    expect(sequencesOf(documentsOf(priceText('DE_LU', nextNoon, missing[0] as string)))).toEqual(['2', '1']);
  });

  test('the first auction has hours where quarters had not begun, the second has quarters', () => {
    const documents = documentsOf(priceText('DE_LU', '2026-11-20T12:00:00Z', '2025-03-05'));
    expect(slotsOf(documents, 'price.amount').map((series) => series.length)).toEqual([96, 24]);
  });

  test('elsewhere nothing says which one it is', () => {
    expect(sequencesOf(documentsOf(priceText('NL', '2026-11-20T12:00:00Z', DAY)))).toEqual([undefined]);
    expect(reasonOf(priceText('GB', '2026-11-20T12:00:00Z', DAY))).toContain('No matching data');
  });
});

test('areas are published each at a time of its own', () => {
  const times = Array.from({ length: 16 }, (_, i) => new Date(Date.parse('2026-11-17T10:00Z') + i * 900_000));
  const first = (zone: Zone) =>
    times.find((now) => documentsOf(priceText(zone, now.toISOString(), DAY)).length > 0)?.toISOString();
  expect(new Set((['BE', 'NL', 'ES', 'SE_4'] as const).map(first)).size).toBeGreaterThan(1);
});

test('a forecast of the day has vintages: each changes what is to come, never what is past', () => {
  const at = (now: string) =>
    slotsOf(
      documentsOf(askEntsoe(open({}, { now }), { ...KIND.A69_A18('NL'), ...daysOf(DAY) })),
      'quantity',
    )[2] ?? [];
  const [early, late] = [at('2026-11-18T00:30:00Z'), at('2026-11-18T12:00:00Z')];
  expect(early).toHaveLength(96);
  expect(late).not.toEqual(early);
  expect(late.slice(0, 6)).toEqual(early.slice(0, 6));
  expect(at('2026-11-19T12:00:00Z').slice(0, 52)).toEqual(late.slice(0, 52));
});

test('republished days have other values under the same revision number', () => {
  const parameters = { ...KIND.A44('NL'), ...daysOf(DAY) };
  const read = (revisionShare: number) => documentsOf(askEntsoe(open({}, { revisionShare }), parameters));
  expect(slotsOf(read(1), 'price.amount')).not.toEqual(slotsOf(read(0), 'price.amount'));
  expect(read(1)[0]?.revision).toBe(1);
});

test('zeros may stand for what nobody published', () => {
  const parameters = { ...KIND.A44('BE'), ...daysOf('2026-11-25') };
  expect(reasonOf(askEntsoe(open(), parameters))).toContain('No matching data');
  const [zeros] = slotsOf(documentsOf(askEntsoe(open({ zeros: ['BE'] }), parameters)), 'price.amount');
  expect(zeros).toHaveLength(96);
  expect(new Set(zeros?.map((slot) => slot.split(' ')[1]))).toEqual(new Set(['0']));
});

describe.each(['A80', 'A78'] as const)('outages: %s', (kind) => {
  const MONTH = daysOf('2026-10-01', '2026-11-10');
  const read = (more: Record<string, string> = {}, now = '2026-11-20T12:00:00Z', entsoe = {}) =>
    askEntsoe(open(entsoe, { now }), { ...KIND[kind]('NL'), ...MONTH, ...more });

  test('each is a document of the zip with an id and versions of its own', () => {
    const documents = documentsOf(read());
    expect(documents.length).toBeGreaterThan(5);
    expect(new Set(documents.map(({ mrid }) => mrid)).size).toBe(documents.length);
    expect(
      documents.every(({ root, type }) => root === 'Unavailability_MarketDocument' && type === kind),
    ).toBe(true);
    expect(Math.max(...documents.map(({ revision }) => revision ?? 0))).toBeGreaterThan(1);
    expect(read().body).toBe(read().body);
  });

  test('a later answer has later revisions under the same id; an id brings the older ones', () => {
    const before = documentsOf(read({}, '2026-10-20T12:00:00Z'));
    const after = documentsOf(read());
    const moved = before.find(({ mrid, revision }) =>
      after.some((other) => other.mrid === mrid && (other.revision ?? 0) > (revision ?? 0)),
    );
    expect(moved).toBeDefined();
    const versions = documentsOf(read({ mRID: moved?.mrid as string }));
    expect(versions.map(({ revision }) => revision)).toEqual(versions.map((_, i) => i + 1));
    expect(versions.length).toBeGreaterThan(1);
  });

  test('they are asked for by state, and by time of change; too many are refused', () => {
    const cancelled = documentsOf(read({ DocStatus: 'A09' }));
    expect(cancelled.every(({ status }) => status === 'A09')).toBe(true);
    // What was withdrawn is in no other answer.
    expect(documentsOf(read({ DocStatus: 'A13' })).every(({ status }) => status === 'A13')).toBe(true);
    expect(documentsOf(read()).some(({ status }) => status === 'A13')).toBe(false);
    const changed = documentsOf(read({ PeriodStartUpdate: '202610100000', PeriodEndUpdate: '202610200000' }));
    expect(changed.length).toBeGreaterThan(0);
    for (const { createdAt } of changed) expect(createdAt?.slice(0, 10)).toMatch(/^2026-10-1\d$/);
    expect(reasonOf(read({}, undefined, { documents: 2 }))).toMatch(
      /^The number of instances \(\d+\) exceeds/,
    );
    expect(documentsOf(read({ offset: '2' }, undefined, { documents: 2 }))).toHaveLength(2);
  });
});

describe('faults', () => {
  const parameters = { ...KIND.A65_A01('NL'), ...daysOf(DAY) };
  const plain = askEntsoe(open(), parameters);
  const NEEDED: Readonly<Record<string, object>> = {
    status: { code: 503 },
    'missing-hours': { hours: [3] },
    late: { minutes: 100_000 },
    withdrawn: { day: DAY },
    'missing-border': { border: 'ts_load' },
    'new-border': { border: 'ts_new' },
    revise: { day: DAY, hour: 2, border: 'ts_load', value: 77, table: 'entsoe/A65_A01_NL' },
  };
  /** Quarters cannot be parted further; a window of a day is not too wide. */
  const WITHOUT = ['quarter-hours', 'clamp-48h'];

  test.each(Object.keys(FAULTS).filter((name) => !WITHOUT.includes(name)))('%s acts on it', (name) => {
    const given = { name, table: 'entsoe/A65_A01', ...NEEDED[name] } as FaultInput;
    const faulty = askEntsoe(open({}, { faults: [given] }), parameters);
    expect(faulty).not.toEqual(plain);
    const other = { ...KIND.A65_A16('NL'), ...daysOf(DAY) };
    expect(askEntsoe(open({}, { faults: [given] }), other)).toEqual(askEntsoe(open(), other));
  });

  test('a missing hour ends a Period and begins another', () => {
    const faulty = askEntsoe(open({}, { faults: ['missing-hours:hours=3'] }), parameters);
    const [document] = documentsOf(faulty);
    expect(document?.series[0]?.periods).toHaveLength(2);
    expect(slotsOf([document as never], 'quantity')[0]).toHaveLength(92);
  });

  test('errors and refusals have the form of the platform', () => {
    const say = (...faults: string[]) => askEntsoe(open({}, { faults }), parameters);
    expect(say('status:code=599')).toMatchObject({
      status: 599,
      contentType: 'application/json; charset=utf-8',
    });
    expect(reasonOf(say('empty-data'))).toContain('No matching data found');
    expect(reasonOf(say('rejected-400:message=Go away'))).toBe('Go away');
  });

  test('a value is republished where it is, and a table that nobody has is refused', () => {
    const simulation = open();
    control(simulation, 'POST', 'revise', NEEDED.revise);
    const [before, after] = [plain, askEntsoe(simulation, parameters)].map(
      (answer) => slotsOf(documentsOf(answer), 'quantity')[0],
    );
    expect(after?.filter((slot, i) => slot !== before?.[i])).toEqual(['2026-11-18T01:00:00.000Z 77']);
    const wrong = control(simulation, 'POST', 'revise', { ...NEEDED.revise, table: 'entsoe/A65_XX' });
    expect(wrong.status).toBe(400);
  });
});
