/** Does every dataset of the catalogue keep the contract: facts, days, requests, checks, polling? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../config.ts';
import { datasetPlaces } from '../../config-datasets.ts';
import { catalogOf, loadCatalog, loadExamples } from '../../datasets/catalog.ts';
import { effectiveOn } from '../../domain/dataset/facts.ts';
import { relationNames } from '../../domain/dataset/relation-names.ts';
import { batchesOf, whyUnusable, windowOf } from '../../domain/days/batches.ts';
import { dueDays, nextCheckAt, pollingRange } from '../../domain/days/polling.ts';
import { interpret } from '../../domain/interpret/interpret.ts';
import { DECODER_RULES, PLATFORM_RULES } from '../../domain/interpret/rules.ts';
import { addDays, eachDay } from '../../domain/time/civil-day.ts';
import {
  deliveryInterval,
  expectedPoints,
  intervalStarts,
  momentOf,
} from '../../domain/time/delivery-day.ts';
import { sampleDataset } from '../support/sample-dataset.ts';

const { datasets } = await loadCatalog(datasetPlaces());
const examples = await loadExamples(datasetPlaces());
const MINUTE_MS = 60_000;

/** Both clock changes, days beside them, leap day, turn of the year. */
const DAYS = [
  '2026-03-28',
  '2026-03-29',
  '2026-03-30',
  '2026-10-25',
  '2026-10-26',
  '2024-02-29',
  '2025-12-31',
];

/** Minutes of a civil day by the calendar of the platform, quarter by quarter: an oracle that shares nothing with ours. */
function minutesOf(day: string, timeZone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  const noonMs = Date.parse(`${day}T12:00:00Z`);
  const quarters = Array.from({ length: 4 * 72 }, (_, i) => noonMs + (i - 4 * 36) * 15 * MINUTE_MS);
  return quarters.filter((ms) => format.format(ms) === day).length * 15;
}

test('there are datasets, and examples of these only', () => {
  expect(datasets.length).toBeGreaterThan(0);
  expect(datasets.map(({ id }) => id)).toEqual(expect.arrayContaining([...examples.keys()]));
});

describe('names of relations', () => {
  const catalogOfIds = (...ids: string[]) =>
    catalogOf(
      ids.map((id) =>
        sampleDataset({ id, source: { ...sampleDataset().source, id: id.replace(/\..*/, '') } }),
      ),
    );

  test.each([
    ['x.table', 'x.table-versions', 'x.table_versions'],
    ['x.table', 'x.table-as-of', 'x.table_as_of'],
    ['x.table', 'x.table--closed', 'store.x__table__closed'],
    ['x--y.table', 'x.y--table', 'store.x__y__table'],
    ['x.table', 'x.table', 'x.table'],
  ])('%s and %s cannot stand beside each other', (one, other, relation) => {
    for (const ids of [[one, other] as const, [other, one] as const])
      expect(() => catalogOfIds(...ids)).toThrow(
        `datasets "${ids[0]}" and "${ids[1]}" would share the relation ${relation}: give one of them another id`,
      );
  });

  test('ids that only look alike can', () => {
    const ids = ['x.table', 'x.table-version', 'x.tables', 'x-table.versions', 'y.table', 'y.table-closed'];
    expect(catalogOfIds(...ids).datasets).toHaveLength(ids.length);
  });

  test('the longest id makes names that PostgreSQL keeps whole, one more character does not', () => {
    const longest = `x.${'y'.repeat(46)}`;
    for (const name of Object.values(relationNames(longest))) expect(name.length).toBeLessThan(64);
    expect(catalogOfIds(longest).datasets).toHaveLength(1);
    expect(() => catalogOfIds(`${longest}y`)).toThrow('id has 49 characters, at most 48');
  });
});

describe.each(datasets.map((dataset) => ({ id: dataset.id, dataset })))('$id', ({ id, dataset }) => {
  const example = examples.get(id);
  const requestOf = (day: string) => dataset.pull.request(deliveryInterval(dataset, day));

  describe('facts', () => {
    test('the id makes names that PostgreSQL keeps whole', () => {
      expect(id).toMatch(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/);
      for (const name of Object.values(relationNames(id))) expect(name.length).toBeLessThan(64);
    });

    test.each(['title', 'description', 'unit', 'owner', 'licence'] as const)('%s says something', (field) => {
      expect(dataset[field]).toMatch(/^\S(.*\S)?$/);
    });

    test('the description is sentences; both links lead to pages', () => {
      expect(dataset.description).toMatch(/\.$/);
      for (const link of [dataset.link, dataset.source.link]) expect(new URL(link).protocol).toBe('https:');
    });

    test('access and retention are decided; nothing that is polled has been thrown away', () => {
      expect(['open', 'restricted']).toContain(dataset.access);
      const polledHours = Math.max(...dataset.pull.polling.revisions.map(({ untilHours }) => untilHours));
      expect((dataset.retentionDays ?? Number.POSITIVE_INFINITY) * 24).toBeGreaterThan(polledHours);
    });

    test('what holds on its first day has been said', () => {
      for (const entries of [dataset.resolution, dataset.expectedSeries])
        expect(entries[0]?.from && entries[0].from <= dataset.firstDay).toBe(true);
    });

    test('the definition cannot be changed', () => {
      expect(Object.isFrozen(dataset)).toBe(true);
    });
  });

  describe.each([dataset.firstDay, ...DAYS.filter((day) => day > dataset.firstDay)])('the day %s', (day) => {
    const minutes = minutesOf(day, dataset.source.timeZone);
    const { startMs, endMs } = deliveryInterval(dataset, day);

    test('has its intervals, end to end, and the points of all series', () => {
      const starts = intervalStarts(dataset, day);
      const step = effectiveOn(dataset.resolution, day).minutes;
      expect(starts).toEqual(
        Array.from({ length: minutes / step }, (_, i) => startMs + i * step * MINUTE_MS),
      );
      const series = effectiveOn(dataset.expectedSeries, day).count;
      expect(expectedPoints(dataset, day, 0)).toBe(starts.length * series);
      expect(expectedPoints(dataset, day, series + 1)).toBe(starts.length * (series + 1));
    });

    test('is asked for exactly, within what the source allows', () => {
      expect(endMs - startMs).toBe(minutes * MINUTE_MS);
      expect(deliveryInterval(dataset, addDays(day, 1)).startMs).toBe(endMs);
      expect(requestOf(day)).not.toEqual(requestOf(addDays(day, 1)));
      expect((endMs - startMs) / 3_600_000).toBeLessThanOrEqual(example?.widestHours ?? 25);
      // The next day begins where this one ends: nothing is asked for twice, nothing left out.
      const asked = [requestOf(day), requestOf(addDays(day, 1))].map((request) =>
        example?.windowOf?.(request),
      );
      if (example?.windowOf) expect(asked).toMatchObject([{ startMs, endMs }, { startMs: endMs }]);
    });

    test('opens, is expected, and then is late', () => {
      const { opens, expected, deadline } = dataset.pull.publication;
      const moments = [opens, expected, deadline].map((moment) => momentOf(dataset, day, moment));
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    });
  });

  describe('the request', () => {
    test('is the same each time, has no empty field, and limits itself', () => {
      const request = requestOf('2026-11-20');
      expect(requestOf('2026-11-20')).toEqual(request);
      expect(Object.values(request.query)).not.toContain('');
      expect(request.accept).toMatch(/^[\w*]+\/[\w*+.-]+/);
      expect(request.timeoutMs).toBeGreaterThanOrEqual(1_000);
      const answer = example?.answer(deliveryInterval(dataset, '2026-11-20'));
      expect(request.maxBytes).toBeGreaterThan((answer?.length ?? 0) * 4);
    });

    test('for a batch of days asks for their window, within what the source allows and the request carries', () => {
      const [days = []] = batchesOf(dataset, ['2026-11-18', '2026-11-19', '2026-11-20']);
      const window = windowOf(dataset, days);
      const request = dataset.pull.request(window);
      expect(request).toEqual(dataset.pull.request(window));
      if (!example) return;
      if (example.windowOf) expect(example.windowOf(request)).toEqual(window);
      expect(dataset.pull.batch?.maxHours ?? 24).toBeLessThanOrEqual(example.widestHours ?? 48);
      const answer = example.answer(window);
      expect(request.maxBytes).toBeGreaterThan(answer.length * 4);
      expect(whyUnusable(dataset, days, answer)).toBeNull();
      for (const day of days) {
        const alone = interpret(dataset, day, example.answer(deliveryInterval(dataset, day)));
        const { canonical, findings } = interpret(dataset, day, answer, undefined, window);
        expect({ canonical, findings }).toEqual({ canonical: alone.canonical, findings: [] });
      }
    });

    test('stays at the base URL, which a setting can move', () => {
      const { setting, default: real } = dataset.source.baseUrl;
      // No environment: neither that of whoever tests nor what runs on this machine.
      const nowhere = { TIDEMARK_STATE_DIR: '/nowhere', TEMPORAL_CONFIG_FILE: '/nowhere' };
      const configOf = (given: Record<string, string>) =>
        loadConfig([dataset.source], { DATABASE_URL: 'postgres://localhost/x', ...given }, nowhere);
      const moved = configOf({ [setting]: 'http://localhost:1/behind/' }).baseUrls.get(dataset.source.id);
      expect(moved + requestOf('2026-11-20').path).toMatch(/^http:\/\/localhost:1\/behind\/\w/);
      expect(configOf({}).baseUrls.get(dataset.source.id)).toBe(real);
      expect(real).toMatch(/^https:\/\/.*[^/]$/);
    });
  });

  describe('checks', () => {
    test('each has a code of its own, a severity, and a sentence', () => {
      const rules = dataset.checks.map(({ rule }) => rule);
      const taken = [...Object.keys(PLATFORM_RULES), ...Object.keys(DECODER_RULES)];
      expect(new Set([...rules, ...taken]).size).toBe(rules.length + taken.length);
      for (const { rule, severity, sentence } of dataset.checks) {
        expect(rule).toMatch(/^[a-z]+(_[a-z]+)*$/);
        expect(['block', 'warn', 'info']).toContain(severity);
        expect(sentence).toMatch(/^[A-Z].*\.$/);
      }
    });
  });

  test('attributes of a series are texts, whatever its key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (series) => {
        for (const text of Object.values(dataset.seriesAttributes(series))) expect(text).toMatch(/\S/);
      }),
    );
  });

  describe('polling', () => {
    const noon = Date.parse('2026-11-20T12:00:00Z');

    test('its stages ascend and have an end', () => {
      const moments = dataset.pull.polling.waiting.map(({ from }) => momentOf(dataset, '2026-11-20', from));
      expect(moments).toEqual([...new Set(moments)].toSorted((a, b) => a - b));
      const hours = dataset.pull.polling.revisions.map(({ untilHours }) => untilHours);
      expect(hours).toEqual([...new Set(hours)].toSorted((a, b) => a - b));
      for (const { everyMinutes } of [...dataset.pull.polling.waiting, ...dataset.pull.polling.revisions])
        expect(everyMinutes).toBeGreaterThan(0);
    });

    test('no day is asked for before it opens; one that has just opened is', () => {
      const { from, to } = pollingRange(dataset, noon);
      for (const day of eachDay(from, addDays(to, 2))) {
        const opensMs = momentOf(dataset, day, dataset.pull.publication.opens);
        expect(nextCheckAt(dataset, day, undefined, opensMs - MINUTE_MS)).toBe(opensMs);
        expect(dueDays(dataset, [], opensMs - MINUTE_MS)).not.toContain(day);
        expect(dueDays(dataset, [], opensMs)).toContain(day);
      }
    });

    test('a day that was never complete is given up some time after its deadline, not before', () => {
      const deadline = momentOf(dataset, '2026-11-20', dataset.pull.publication.deadline);
      const late = { day: '2026-11-20', state: 'late', lastRequestedMs: deadline } as const;
      expect(nextCheckAt(dataset, late.day, late, deadline)).toBeGreaterThan(deadline);
      expect(nextCheckAt(dataset, late.day, late, deadline + 3_660 * 86_400_000)).toBeNull();
    });
  });
});
