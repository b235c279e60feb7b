/** Is what the API says was known at an instant what a replay of the answers up to that instant makes? */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, eachDay } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { runs } from '../../../support/runs.ts';
import { type SampleRow, sampleDataset } from '../../../support/sample-dataset.ts';

const dataset = sampleDataset();

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([dataset]);
});
afterAll(() => testEnv.close());

/** An answer about a day: values by series and hour, so many minutes after nine on the day before. */
interface Answered {
  readonly day: number;
  readonly minute: number;
  readonly values: readonly (readonly [series: string, hour: number, value: number | null])[];
}

/** Often just before, at or after a gate. */
const minute = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: -1, max: 1 }))
  .map(([halfHours, off]) => halfHours * 30 + off);

const history = fc.uniqueArray(
  fc.record({
    day: fc.integer({ min: 0, max: 2 }),
    minute,
    values: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('a', 'b'),
        fc.integer({ min: 0, max: 23 }),
        fc.oneof(fc.constant(null), fc.constant(0), fc.integer({ min: 1, max: 5 })),
      ),
      { selector: ([series, hour]) => `${series} ${hour}`, minLength: 1, maxLength: 12 },
    ),
  }),
  { selector: ({ day, minute }) => `${day} ${minute}`, minLength: 1, maxLength: 12 },
);

let requests = 0;
/** Every history has three days of its own; some have the clocks changed among them. */
const daysOf = (run: number) =>
  eachDay(addDays('2025-10-25', run * 3 - 9), addDays('2025-10-25', run * 3 - 7));
const knownAt = (days: readonly string[], { day, minute }: Pick<Answered, 'day' | 'minute'>) =>
  new Date(Date.parse(`${addDays(days[day] ?? '', -1)}T09:00:00Z`) + minute * 60_000);

test('as of any instant and at any gate, rows are those of a replay', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.integer({ min: -60, max: 700 }),
      fc.integer({ min: 9, max: 19 }),
      async (answers, minute, hour) => {
        const days = daysOf(requests++);
        // In order: what comes late is known from when it came, which the test of the fold asks.
        for (const answered of answers.toSorted((a, b) => a.minute - b.minute))
          await testEnv.publish(
            dataset,
            days[answered.day] ?? '',
            knownAt(days, answered),
            rowsOf(days, answered),
          );
        const instant = knownAt(days, { day: 1, minute });
        await sameAs(
          days,
          `as_of=${instant.toISOString()}`,
          replay(days, answers, () => instant),
        );
        const clock = `${String(hour).padStart(2, '0')}:30`;
        const gate = (day: string) => localInstant(addDays(day, -1), clock);
        await sameAs(days, `gate=D-1T${clock}`, replay(days, answers, gate));
        expect(await atGate(days, `D-1T${clock}`)).toEqual(replay(days, answers, gate));
        const last = answers.map((answered) => knownAt(days, answered).getTime());
        await sameAs(
          days,
          `as_of=${new Date(Math.max(...last)).toISOString()}`,
          replay(days, answers, () => new Date()),
        );
      },
    ),
    { numRuns: runs(12) },
  );
});

/** The same in SQL. */
async function atGate(days: readonly string[], gate: string) {
  const rows = await testEnv.rows<{ starts_at: Date; series: string; value: number | null; known_at: Date }>(
    'select starts_at, series, value, known_at from sample.table_at_gate($1) where delivery_day = any($2)',
    [gate, days],
  );
  return Object.fromEntries(
    rows.map(({ starts_at: at, series, value, known_at: knownAt }) => [
      `${at.toISOString()} ${series}`,
      { value, known_at: knownAt.toISOString() },
    ]),
  );
}

function rowsOf(days: readonly string[], { day, values }: Answered): SampleRow[] {
  const starts = intervalStarts(dataset, days[day] ?? '');
  return values
    .filter(([, hour]) => hour < starts.length)
    .map(([series, hour, value]) => [series, new Date(starts[hour] ?? 0).toISOString(), value]);
}

/** The law, written down as simply as possible. @param until the instant up to which answers about a day count. */
function replay(days: readonly string[], answers: readonly Answered[], until: (day: string) => Date) {
  const known = new Map<string, { value: number | null; known_at: string }>();
  for (const answered of answers.toSorted((a, b) => a.minute - b.minute)) {
    const at = knownAt(days, answered);
    if (at > until(days[answered.day] ?? '')) continue;
    for (const [series, start, value] of rowsOf(days, answered)) {
      const key = `${start} ${series}`;
      if (known.has(key) && known.get(key)?.value === value) continue;
      known.set(key, { value, known_at: at.toISOString() });
    }
  }
  return Object.fromEntries(known);
}

async function sameAs(days: readonly string[], knowledge: string, expected: object): Promise<void> {
  const { status, json } = await testEnv.get(
    `/v1/data?dataset=${dataset.id}&from=${days[0]}&to=${days.at(-1)}&${knowledge}`,
  );
  expect(status).toBe(200);
  const rows = json.data.map(
    (row: { starts_at: string; series: string; value: number | null; known_at: string }) => {
      return [`${row.starts_at} ${row.series}`, { value: row.value, known_at: row.known_at }];
    },
  );
  expect(Object.fromEntries(rows)).toEqual(expected);
}

/** By PostgreSQL's rule for a wall clock, written down for the one zone of the test. */
function localInstant(day: string, clock: string): Date {
  const isSummer = day >= '2025-03-30' && day < '2025-10-26';
  return new Date(`${day}T${clock}:00${isSummer ? '+02:00' : '+01:00'}`);
}

test('a gate that is none is refused in SQL with what to write', async () => {
  await expect(testEnv.rows(`select * from sample.table_at_gate('noon')`)).rejects.toThrow(
    'the gate is "noon": write one relative to the delivery day, such as D-1T12:00',
  );
});
