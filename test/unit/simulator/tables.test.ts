// Does every table answer a day as its dataset expects one, and does every fault act on every table?

import { describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { WHOLE_DAY } from '../../../domain/dataset/pull.ts';
import { interpret } from '../../../domain/interpret/interpret.ts';
import { deliveryInterval, expectedPoints } from '../../../domain/time/delivery-day.ts';
import { dayOf, nextDay } from '../../../simulator/business-day.ts';
import { FAULTS, type FaultInput } from '../../../simulator/faults.ts';
import { publishedAtMs } from '../../../simulator/publication.ts';
import { TABLES } from '../../../simulator/tables.ts';
import { ask, iso, rowsOf, still } from '../../support/simulator/ask.ts';

const DAY = '2026-11-20';
const { datasets } = await loadCatalog(datasetPlaces());
const pathOf = (name: string) => `/${name.replace('/', '/api/data/')}`;
const askTable = (simulation: ReturnType<typeof still>, path: string, day = DAY) => {
  const { startMs, endMs } = deliveryInterval(maxExchanges, day);
  return ask(simulation, iso(startMs), iso(endMs), path);
};
const maxExchanges = datasets.find(
  ({ pull }) => pathFor(pull) === pathOf('core/maxExchanges'),
) as (typeof datasets)[0];

function pathFor(pull: (typeof datasets)[0]['pull']): string {
  const [part = ''] = pull.parts?.of(DAY, {}) ?? [];
  return pull.request({ startMs: 0, endMs: 86_400_000 }, { ...WHOLE_DAY, part }).path;
}

/** Parameters of those faults that must have some; none of them depends on the columns of a table. */
const NEEDED: Readonly<Record<string, object>> = {
  status: { code: 503 },
  'missing-hours': { hours: [3] },
  late: { minutes: 100_000 },
  withdrawn: { day: DAY },
};
/** Where there are four rows an hour, there is nothing to split. */
const HOURLY_ONLY = ['quarter-hours'];
/** A window of one day is not too wide. */
const WIDE_ONLY = ['clamp-48h'];

describe.each(TABLES.map((table) => ({ name: table.name, table })))('$name', ({ name, table }) => {
  const path = pathOf(name);
  const plain = askTable(still(), path);
  const dataset = datasets.find(({ pull }) => pathFor(pull) === path);

  test('is a dataset whose days are complete, without warnings, at both clock changes too', () => {
    if (!dataset) throw new Error(`no dataset asks for ${path}`);
    for (const day of [dataset.firstDay, '2025-10-26', '2026-03-29', '2026-06-10', '2026-06-11', DAY]) {
      const body = Buffer.from(askTable(still(), path, day).body);
      const { points, findings } = interpret(dataset, day, body);
      expect({ day, findings }).toEqual({ day, findings: [] });
      const valued = points.filter(({ value }) => value !== null);
      const series = new Set(valued.map((point) => point.series)).size;
      expect(valued.length).toBe(expectedPoints(dataset, day, series));
      expect(valued.length).toBeGreaterThanOrEqual(expectedPoints(dataset, day, 0));
    }
  });

  test('is published when its dataset expects it, not before', () => {
    for (const day of ['2026-03-30', DAY]) {
      const atMs = publishedAtMs(1, day, table);
      const latest = new Date(atMs).toLocaleTimeString('en-GB', { timeZone: 'Europe/Amsterdam' });
      expect(nextDay(dayOf(atMs))).toBe(day);
      expect(latest < table.published).toBe(true);
      expect(dataset?.pull.publication.expected).toEqual({ day: -1, time: table.published });
    }
  });

  test('has values of its own, of which republished days change some', () => {
    const after = askTable(still({ revisionShare: 1, now: '2026-11-23T12:00:00Z' }), path);
    expect(askTable(still(), path).body).toBe(plain.body);
    expect(rowsOf(after)).toHaveLength(rowsOf(plain).length);
    if (name !== 'core/allocationConstraint') expect(after.body).not.toBe(plain.body);
  });

  test.each(
    Object.keys(FAULTS).filter((fault) => !['revise', 'missing-border', ...WIDE_ONLY].includes(fault)),
  )('%s acts on it', (fault) => {
    const given = { name: fault, table: name, ...NEEDED[fault] } as FaultInput;
    const simulation = still({ faults: [given] });
    const faulty = askTable(simulation, path);
    if (HOURLY_ONLY.includes(fault) && table.minutesOn(DAY) === 15) expect(faulty).toEqual(plain);
    else expect(faulty).not.toEqual(plain);
  });

  test('loses a column, and has a value republished, without another table noticing', () => {
    const key = Object.keys(rowsOf(plain)[0] ?? {}).at(-1) ?? '';
    const other = pathOf(name === 'core/lta' ? 'core/maxNetPos' : 'core/lta');
    const simulation = still({
      faults: [
        { name: 'missing-border', border: key, table: name, times: 1 },
        { name: 'revise', table: name.toUpperCase(), day: DAY, hour: 2, border: key, value: 77 },
      ],
    });
    expect(Object.keys(rowsOf(askTable(simulation, path))[0] ?? {})).not.toContain(key);
    const at = 2 * (60 / table.minutesOn(DAY));
    expect(rowsOf(askTable(simulation, path))[at]?.[key]).toBe(77);
    expect(askTable(simulation, other).body).toBe(askTable(still(), other).body);
  });
});

test('a fault without a table acts on all, and a wrong table is refused', () => {
  const simulation = still({ faults: ['status:code=500'] });
  for (const { name } of TABLES) expect(askTable(simulation, pathOf(name)).status).toBe(500);
  expect(() => still({ faults: ['status:code=500,table=netPos'] })).toThrow(
    'table is "netPos" but must be a region and a table',
  );
  const revise = {
    name: 'revise',
    table: 'core/nothing',
    day: DAY,
    hour: 0,
    border: 'hub_AT',
    value: 1,
  } as const;
  expect(() => still({ faults: [revise] })).toThrow(
    'table is "core/nothing" but must be one of core/maxExchanges',
  );
});
