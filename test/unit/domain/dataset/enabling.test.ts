/** Which datasets do people name, and what must be enabled with them? */
import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../../../datasets/catalog.ts';
import { costOfMonth, describeCost } from '../../../../domain/backfill/month-cost.ts';
import { assertInputs, chosenIds, describeEnabled, withInputs } from '../../../../domain/dataset/enabling.ts';

const { all } = await loadCatalog();
const DERIVED = 'swissgrid.frequency-quality';
const INPUT = 'swissgrid.frequency';
const NOW = Date.parse('2026-11-25T12:00:00Z');

describe('ids and patterns', () => {
  test.each([
    [['jao-core.atc'], ['jao-core.atc']],
    [['jao-core.max-*'], ['jao-core.max-exchanges', 'jao-core.max-net-positions']],
    [['*.atc'], ['jao-core.atc', 'jao-intraday.atc']],
    [['jao-core.atc', '*-core.atc'], ['jao-core.atc']],
    [['*'], all.map(({ id }) => id)],
  ])('%j', (patterns, ids) => {
    expect(chosenIds(all, patterns)).toEqual(ids);
  });

  // A dot is no wildcard, and neither is anything else that a regular expression knows.
  test.each(['jao-core', 'jao.core.atc', 'jao-core.at.', '.*', 'jao-core.(atc)', '', 'JAO-CORE.ATC'])(
    '"%s" names none, and is told',
    (pattern) => {
      expect(() => chosenIds(all, ['checkout.*', pattern])).toThrow(`"${pattern}"`);
    },
  );
});

test('a dataset is enabled with its inputs, or after them', () => {
  expect(() => assertInputs(all, [DERIVED])).toThrow(`${DERIVED} is computed from ${INPUT}`);
  expect(() => assertInputs(all, [DERIVED, INPUT])).not.toThrow();
  expect(() => assertInputs(all, [DERIVED], new Set([INPUT]))).not.toThrow();
  expect(() => assertInputs(all, ['jao-core.atc'], new Set([DERIVED]))).not.toThrow();
});

test('without a dataset, nothing that is computed from it by any way is left', () => {
  const ids = withInputs(all.filter(({ id }) => id !== 'entsoe.load-forecast'));
  expect(ids).not.toContain('entsoe.residual-load-forecast');
  expect(() => assertInputs(all, ids)).not.toThrow();
  expect(withInputs(all)).toEqual(all.map(({ id }) => id));
});

test('the first screen can be enabled as it is', () => {
  const first = all.filter(({ leading }) => leading).map(({ id }) => id);
  expect(first).toEqual([
    'calendar.holidays',
    'checkout.articles',
    'checkout.events',
    'checkout.tickets',
    'checkout.users',
    'jao-core.max-exchanges',
    'swissgrid.frequency',
    'swissgrid.stresstest-frequency',
    'swissgrid.volume-frequency',
  ]);
  expect(() => assertInputs(all, first)).not.toThrow();
});

test('says what is enabled, and how to enable some where nothing is', () => {
  expect(describeEnabled(new Set(['b.y', 'a.x']), 9)).toBe('a.x, b.y enabled, of 9');
  expect(describeEnabled(new Set(), 9)).toMatch(/^none of 9 is enabled; .*tidemark enable.*TIDEMARK_ENABLED/);
});

describe('the cost of a month', () => {
  const of = (...patterns: string[]) =>
    costOfMonth(
      all.filter(({ id }) => chosenIds(all, patterns).includes(id)),
      new Map(),
      NOW,
    );

  test('is what a backfill of these days plans, the quota of a host shared by all its datasets', () => {
    // Two days a request; 31 of them.
    expect(of('jao-core.max-exchanges')).toEqual({ requests: 16, minutes: 0 });
    const [one, many] = [of('jao-core.max-*'), of('jao-*')];
    expect(one.requests).toBe(32);
    expect(many.requests).toBeGreaterThan(100);
    expect(many.minutes).toBeGreaterThan(1);
  });

  test('is nothing where nothing is requested day by day', () => {
    expect(of('checkout.*', 'swissgrid.*')).toEqual({ requests: 0, minutes: 0 });
    expect(describeCost(of('checkout.*'))).toBe('no requests');
  });
});
