// Are tables with several rows an interval read by their datasets, page by page as at once, at both clock changes?
import { describe, expect, test } from 'vitest';
import { jaoRecords } from '../../../datasets/jao-core/record-table.ts';
import { jaoCore } from '../../../datasets/jao-core/source.ts';
import spanningDefaultParameters from '../../../datasets/jao-core/spanning-default-parameters.ts';
import type { FetchContext } from '../../../domain/dataset/fetcher.ts';
import type { SourceRequest } from '../../../domain/dataset/pull.ts';
import type { PulledRecords } from '../../../domain/dataset/records.ts';
import { interpretRecords } from '../../../domain/interpret/interpret-records.ts';
import { eachDay } from '../../../domain/time/civil-day.ts';
import { bundled } from '../../support/bundled.ts';
import { still } from '../../support/simulator/ask.ts';

const activeConstraints = bundled<PulledRecords>('jao-core.active-constraints');
const validationReductions = bundled<PulledRecords>('jao-core.validation-reductions');

/** What a fetcher is given, with the simulator behind it. */
function contextOf(simulation: ReturnType<typeof still>, requests: SourceRequest[] = []): FetchContext {
  const ask = async (request: SourceRequest) => {
    requests.push(request);
    const target = `${request.path}?${new URLSearchParams(request.query)}`;
    const { body, status } = simulation.handle({ method: 'GET', target });
    return { url: request.path, contentType: 'application/json', body: Buffer.from(body), status };
  };
  return { ask, settings: {}, areas: [] } as unknown as FetchContext;
}

async function readDay(dataset: PulledRecords, day: string, requests?: SourceRequest[]) {
  const { body } = await dataset.pull.fetch(day, contextOf(still(), requests));
  return interpretRecords(dataset, day, body);
}

describe.each([
  ['active-constraints', activeConstraints, 12],
  ['validation-reductions', validationReductions, 0],
] as const)('%s', (_name, dataset, anHour) => {
  test.each([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
    ['2026-11-20', 24],
  ])('%s is read without warnings', async (day, hours) => {
    const { kind, records, findings } = await readDay(dataset, day);
    expect({ kind, findings }).toEqual({ kind: 'points', findings: [] });
    if (anHour > 0) expect(records).toHaveLength(anHour * hours);
    for (const { name } of dataset.fields.filter(({ name: field }) => field === 'tso'))
      for (const { body } of records) expect(JSON.parse(body ?? '')[name]).toMatch(/\S/);
  });
});

test('page by page there are the same records as at once', async () => {
  const paged = jaoRecords({
    ...{ source: jaoCore, name: 'active-constraints', region: 'core', table: 'activeFbConstraints' },
    ...{ title: '', description: '', unit: '', firstDay: '2022-06-09', fields: [], pageRows: 100 },
  });
  const requests: SourceRequest[] = [];
  const { records } = await readDay(paged, '2026-11-20', requests);
  expect(requests.map(({ query }) => query.Skip)).toEqual(['0', '100', '200']);
  expect(records).toEqual((await readDay(activeConstraints, '2026-11-20')).records);
  expect(new Set(records.map(({ key }) => key)).size).toBe(12 * 24);
});

test('some day of two years has hours of a fallback, most have none', async () => {
  const days = await Promise.all(
    eachDay('2025-01-01', '2026-11-20').map((day) => readDay(spanningDefaultParameters, day)),
  );
  const withHours = days.filter(({ records }) => records.length > 0);
  expect(withHours.length).toBeGreaterThan(0);
  expect(withHours.length).toBeLessThan(days.length / 10);
  expect(days.flatMap(({ findings }) => findings)).toEqual([]);
  expect(JSON.parse(withHours[0]?.records[0]?.body ?? '')).toEqual({
    ...{ computation: 'Final computation', type: 'Default FB parameters' },
  });
});

test('what is no page of rows is kept as it came, and refused with its words', async () => {
  const simulation = still({ faults: ['rejected-200'] });
  const { body } = await activeConstraints.pull.fetch('2026-11-20', contextOf(simulation));
  const { kind, findings } = interpretRecords(activeConstraints, '2026-11-20', Buffer.from(body));
  expect(kind).toBe('refused');
  expect(findings).toMatchObject([{ rule: 'rejected' }]);
});

test('a row without a readable time is quarantined, a long name is cut and stays one of its own', () => {
  const row = { tso: 'A', cnecName: 'x'.repeat(300), contName: 'one', direction: 'DIRECT', shadowPrice: 1.5 };
  const rows = [
    { ...row, dateTimeUtc: '2026-11-20T00:00:00Z' },
    { ...row, dateTimeUtc: '2026-11-20T00:00:00Z', contName: 'two' },
    { ...row, dateTimeUtc: 'noon' },
  ];
  const body = Buffer.from(JSON.stringify({ data: rows, rejected: false, messages: null }));
  const { records, findings } = interpretRecords(activeConstraints, '2026-11-20', body);
  expect(new Set(records.map(({ key }) => key)).size).toBe(2);
  expect(records.every(({ key }) => key.length <= 200)).toBe(true);
  expect(findings).toMatchObject([{ rule: 'unreadable_time', place: 'data[2]' }]);
});

test('rows that agree in their names are told apart by their content, whatever their order; equal ones are one', () => {
  const row = {
    ...{ dateTimeUtc: '2026-11-20T00:00:00Z', tso: 'A', cnecName: 'x', contName: 'one', direction: 'DIRECT' },
    shadowPrice: 1,
  };
  const read = (rows: object[]) =>
    interpretRecords(
      activeConstraints,
      '2026-11-20',
      Buffer.from(JSON.stringify({ data: rows, rejected: false, messages: null })),
    );
  const rows = [{ ...row, shadowPrice: 2 }, { ...row, id: 7 }, row];
  const one = read(rows);
  expect(one.records.map(({ key, body }) => [key.slice(18), JSON.parse(body ?? '').shadow_price])).toEqual([
    ['A/x/one/DIRECT #2', 2],
    ['A/x/one/DIRECT', 1],
  ]);
  expect(one.findings).toMatchObject([{ rule: 'duplicate', points: 1 }]);
  expect(read(rows.toReversed()).canonical()).toBe(one.canonical());
});

test('rows of another day are left out, and said to be', () => {
  const body = JSON.stringify({
    data: [
      { dateTimeUtc: '2026-11-20T22:00:00Z', tso: 'A' },
      { dateTimeUtc: '2026-11-20T23:00:00Z', tso: 'A' },
    ],
    ...{ rejected: false, messages: null },
  });
  const { records, findings } = interpretRecords(activeConstraints, '2026-11-20', Buffer.from(body));
  expect(records.map(({ place }) => place)).toEqual(['data[0]']);
  expect(findings).toMatchObject([{ rule: 'outside_day', severity: 'info' }]);
});
