/**
 * Is a year of holidays a function of its payloads, whatever happens between two refreshes: holidays that are added, renamed,
 * moved and withdrawn, locations that come, change and go? And does every past stay as it was known?
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextOf } from '../../../../activities/ingest/request-records.ts';
import holidays from '../../../../datasets/calendar/holidays.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import {
  addLocation,
  changeLocation,
  removeLocation,
} from '../../../../db/queries/catalog/change-location.ts';
import { type HolidayServer, KEY, startHolidayServer } from '../../../support/holiday-service.ts';
import { openRecordsEnvironment, type RecordsEnvironment } from '../../../support/records-environment.ts';
import { runs } from '../../../support/runs.ts';

let testEnv: RecordsEnvironment;
let service: HolidayServer;
beforeAll(async () => {
  testEnv = await openRecordsEnvironment([holidays]);
  service = await startHolidayServer();
});
afterAll(async () => {
  await service.close();
  await testEnv.close();
});

async function fetchYear(unit: string): Promise<Buffer> {
  const settings = { HOLIDAYS_SOURCE: 'http', HOLIDAYS_BASE_URL: service.url, HOLIDAYS_API_KEY: KEY };
  const sourceSettings = new Map([[holidays.source.id, { ...settings, HOLIDAYS_API_KEY_IN: 'query:key' }]]);
  const dependencies = { database: testEnv.stored.database, catalog: catalogOf([holidays]), sourceSettings };
  const context = await contextOf(dependencies, holidays, unit, new AbortController().signal);
  return Buffer.from((await holidays.pull.fetch(unit, { ...context, ask: neverRequested })).body);
}

/** The holidays have no source of one address. */
const neverRequested = () => Promise.reject(new Error('nobody is asked'));

const DOER = { by: 'test', reason: 'test' };
const PLACES = [crypto.randomUUID(), crypto.randomUUID()];
/** Countries in which locations are. */
const COUNTRIES = ['NL', 'GB', 'DE'];

const holiday = fc.record({ number: fc.nat(3), isRenamed: fc.boolean(), isMoved: fc.boolean() });
const refresh = fc.record({
  list: fc.uniqueArray(holiday, { selector: ({ number }) => number, minLength: 1 }),
  place: fc.nat(PLACES.length - 1),
  change: fc.constantFrom('nothing', 'nothing', 'add', 'move', 'remove'),
});
type Refresh = typeof refresh extends fc.Arbitrary<infer T> ? T : never;

function listOf(list: Refresh['list'], year: number) {
  return list.map(({ number, isRenamed, isMoved }) => ({
    date: `${year}-0${number + 1}-${isMoved ? '15' : '01'}`,
    name: `Holiday ${number}${isRenamed ? ' renamed' : ''}`,
    types: ['Public'],
  }));
}

async function changePlace({ place, change }: Refresh): Promise<void> {
  const id = PLACES[place] as string;
  const { database } = testEnv.stored;
  const facts = { name: 'Somewhere', country: 'DE', subdivision: 'DE-BY' };
  if (change === 'add') await addLocation(database, id, facts, DOER);
  if (change === 'move') await changeLocation(database, id, { subdivision: 'DE-BE' }, DOER);
  if (change === 'remove') await removeLocation(database, id, DOER);
}

let year = 2030;

test('the law: refreshing step by step equals folding again, and no past changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(refresh, { minLength: 2, maxLength: 5 }), async (steps) => {
      const ofYear = year++;
      const unit = `${ofYear}-01-01`;
      const instants = steps.map((_, i) => new Date(Date.parse('2026-04-01T00:00:00Z') + i * 60_000));
      const asOf = (at: Date | undefined) =>
        testEnv.rows<{ key: string; text: string }>(
          `select key, date || ' ' || name as text from calendar.holidays_as_of($1) where delivery_day = $2 order by key`,
          [at, unit],
        );
      const known = new Map<Date, unknown>();
      for (const [i, step] of steps.entries()) {
        await changePlace(step);
        for (const country of COUNTRIES) service.countries.set(country, listOf(step.list, ofYear));
        await testEnv.store(holidays, unit, instants[i] as Date, await fetchYear(unit));
        await testEnv.fold(holidays, unit);
        const [clock] = await testEnv.rows<{ at: Date }>('select catalog.settled_at() as at');
        known.set(clock?.at as Date, await asOf(clock?.at));
      }
      const wanted = listOf(steps.at(-1)?.list ?? [], ofYear).map(({ date, name }) => `${date} ${name}`);
      const found = (await asOf([...known.keys()].at(-1))).filter(({ key }) => key.startsWith('NL-FL/'));
      expect(found.map(({ text }) => text).toSorted()).toEqual(wanted.toSorted());

      const before = await testEnv.contentOf(holidays);
      await testEnv.fold(holidays, unit, true);
      expect(await testEnv.contentOf(holidays)).toEqual(before);
      for (const [at, then] of known) expect(await asOf(at)).toEqual(then);
    }),
    { numRuns: runs(6), endOnFailure: true },
  );
}, 300_000);
