/** Do delivery days have their intervals, are they requested exactly, and polled while they can change? */
import assert from 'node:assert/strict';
import { effectiveOn } from '../../domain/dataset/facts.ts';
import { dueDays, nextCheckAt, pollingRange } from '../../domain/days/polling.ts';
import { addDays, eachDay } from '../../domain/time/civil-day.ts';
import {
  deliveryInterval,
  expectedPoints,
  intervalStarts,
  momentOf,
} from '../../domain/time/delivery-day.ts';
import { type ContractCase, DAY, type PulledSubject, specialDays } from './case.ts';

const MINUTE_MS = 60_000;

export function dayCases(subject: PulledSubject): ContractCase[] {
  const { dataset } = subject;
  return [
    {
      name: 'what holds on its first day has been said',
      run: () => {
        for (const [field, entries] of Object.entries({
          resolution: dataset.resolution,
          expectedSeries: dataset.expectedSeries,
        }))
          assert.ok(
            (entries[0]?.from ?? '9') <= dataset.firstDay,
            `${field} begins after firstDay (${dataset.firstDay})`,
          );
      },
    },
    ...specialDays(dataset).flatMap((day) => [
      {
        name: `${day} has its intervals, end to end, and the points of all series`,
        run: () => assertIntervals(subject, day),
      },
      { name: `${day} opens, is expected, and then is late`, run: () => assertMoments(subject, day) },
    ]),
    { name: 'stages of polling ascend and have an end', run: () => assertStages(subject) },
    {
      name: 'no day is requested before it opens; one that has just opened is',
      run: () => assertOpening(subject),
    },
    {
      name: 'a day that was never complete is given up some time after its deadline, not before',
      run: () => assertGivenUp(subject),
    },
  ];
}

/** Minutes of a civil day by the calendar of the platform, quarter by quarter: an oracle that shares nothing with ours. */
export function minutesOf(day: string, timeZone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  const noonMs = Date.parse(`${day}T12:00:00Z`);
  const quarters = Array.from({ length: 4 * 72 }, (_, i) => noonMs + (i - 4 * 36) * 15 * MINUTE_MS);
  return quarters.filter((ms) => format.format(ms) === day).length * 15;
}

function assertIntervals({ dataset }: PulledSubject, day: string): void {
  const minutes = minutesOf(day, dataset.source.timeZone);
  const { startMs } = deliveryInterval(dataset, day);
  const starts = intervalStarts(dataset, day);
  const step = effectiveOn(dataset.resolution, day).minutes;
  assert.deepEqual(
    starts,
    Array.from({ length: minutes / step }, (_, i) => startMs + i * step * MINUTE_MS),
  );
  const series = effectiveOn(dataset.expectedSeries, day).count;
  assert.equal(expectedPoints(dataset, day, 0), starts.length * series);
  assert.equal(expectedPoints(dataset, day, series + 1), starts.length * (series + 1));
}

function assertMoments({ dataset }: PulledSubject, day: string): void {
  const { opens, expected, deadline } = dataset.pull.publication;
  const moments = [opens, expected, deadline].map((moment) => momentOf(dataset, day, moment));
  assert.deepEqual(
    moments,
    moments.toSorted((a, b) => a - b),
    'pull.publication: "opens", "expected" and "deadline" do not come in this order',
  );
}

function assertStages({ dataset }: PulledSubject): void {
  const { waiting, revisions } = dataset.pull.polling;
  const moments = waiting.map(({ from }) => momentOf(dataset, DAY, from));
  assert.deepEqual(
    moments,
    [...new Set(moments)].toSorted((a, b) => a - b),
    'pull.polling.waiting does not ascend',
  );
  const hours = revisions.map(({ untilHours }) => untilHours);
  assert.deepEqual(
    hours,
    [...new Set(hours)].toSorted((a, b) => a - b),
    'pull.polling.revisions does not ascend',
  );
  for (const { everyMinutes } of [...waiting, ...revisions])
    assert.ok(everyMinutes > 0, `pull.polling has everyMinutes ${everyMinutes}`);
}

function assertOpening({ dataset }: PulledSubject): void {
  const { from, to } = pollingRange(dataset, Date.parse(`${DAY}T12:00:00Z`));
  for (const day of eachDay(from, addDays(to, 2))) {
    const opensMs = momentOf(dataset, day, dataset.pull.publication.opens);
    assert.equal(nextCheckAt(dataset, day, undefined, opensMs - MINUTE_MS), opensMs);
    assert.ok(!dueDays(dataset, [], opensMs - MINUTE_MS).includes(day), `${day} is due before it opens`);
    assert.ok(dueDays(dataset, [], opensMs).includes(day), `${day} has opened and is not due`);
  }
}

function assertGivenUp({ dataset }: PulledSubject): void {
  const deadline = momentOf(dataset, DAY, dataset.pull.publication.deadline);
  const late = { day: DAY, state: 'late', lastRequestedMs: deadline } as const;
  const next = nextCheckAt(dataset, DAY, late, deadline);
  assert.ok(
    next !== null && next > deadline,
    'a late day is not requested again: add a stage to pull.polling.waiting',
  );
  assert.equal(nextCheckAt(dataset, DAY, late, deadline + 3_660 * 86_400_000), null);
}
