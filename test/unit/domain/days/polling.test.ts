/** Is a day asked for when it can be there, eagerly around its publication, rarely later, and never too early? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DayState } from '../../../../domain/days/ledger.ts';
import {
  type CheckedDay,
  catchUpRange,
  dueDays,
  missedDays,
  nextCheckAt,
  pollAgainAt,
  pollingRange,
} from '../../../../domain/days/polling.ts';
import { addDays, eachDay } from '../../../../domain/time/civil-day.ts';
import { momentOf } from '../../../../domain/time/delivery-day.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';

const dataset = sampleDataset();
const at = (iso: string) => Date.parse(iso);
const MINUTE = 60_000;

function known(day: string, state: DayState, lastRequested: string | null): CheckedDay {
  return { day, state, lastRequestedMs: lastRequested === null ? null : at(lastRequested) };
}

describe('a run that waits for publication', () => {
  const awaited = known('2026-11-21', 'awaiting', '2026-11-20T09:58:00Z');

  test('looks again when the day is due', () => {
    expect(pollAgainAt(dataset, awaited, at('2026-11-20T09:59:00Z'))).toBe(at('2026-11-20T10:01:00Z'));
  });

  test('looks again at once when the deadline passed since the answer, which could not know it', () => {
    const now = at('2026-11-20T10:00:00Z');
    expect(pollAgainAt(dataset, awaited, now)).toBe(now);
  });

  test.each(['complete', 'late', 'failed', 'absent'] as const)(
    'does not stay for a day that is %s',
    (state) => {
      expect(pollAgainAt(dataset, { ...awaited, state }, at('2026-11-20T09:59:00Z'))).toBeNull();
    },
  );
});

describe('one day', () => {
  test('is not due before it opens: 09:00 local on the day before', () => {
    expect(nextCheckAt(dataset, '2026-11-21', undefined, at('2026-11-20T07:00:00Z'))).toBe(
      at('2026-11-20T08:00:00Z'),
    );
  });

  test.each([
    ['2026-11-20T08:05:00Z', 10], // early
    ['2026-11-20T09:20:00Z', 3], // around the expected time
    ['2026-11-20T12:00:00Z', 30], // overdue
  ])('while it is awaited, asked at %s, it is due again %i minutes later', (polledAt, minutes) => {
    const next = nextCheckAt(
      dataset,
      '2026-11-21',
      known('2026-11-21', 'awaiting', polledAt),
      at(polledAt) + MINUTE,
    );
    expect(next).toBe(at(polledAt) + minutes * MINUTE);
  });

  test.each([
    ['2026-11-20T12:00:00Z', 60], // first day after its expected publication
    ['2026-11-23T12:00:00Z', 720],
  ])('once complete, asked at %s, it is read again %i minutes later', (polledAt, minutes) => {
    const next = nextCheckAt(
      dataset,
      '2026-11-21',
      known('2026-11-21', 'complete', polledAt),
      at(polledAt) + MINUTE,
    );
    expect(next).toBe(at(polledAt) + minutes * MINUTE);
  });

  test('beyond the horizon nothing is read again, whatever its state', () => {
    const now = at('2026-12-15T12:00:00Z');
    for (const state of ['complete', 'partial', 'late', 'failed'] as const) {
      expect(
        nextCheckAt(dataset, '2026-11-21', known('2026-11-21', state, '2026-11-22T00:00:00Z'), now),
      ).toBeNull();
    }
  });

  test('a day declared absent is never asked for', () => {
    const row = known('2026-11-21', 'absent', null);
    expect(nextCheckAt(dataset, '2026-11-21', row, at('2026-11-20T12:00:00Z'))).toBeNull();
  });
});

describe('all days', () => {
  test('the range ends with the last day that can be open and begins with the horizon', () => {
    expect(pollingRange(dataset, at('2026-11-20T12:00:00Z'))).toEqual({
      from: '2026-11-10',
      to: '2026-11-21',
    });
    expect(pollingRange(dataset, at('2022-01-03T12:00:00Z')).from).toBe('2022-01-01');
  });

  test('nothing is due while everything is fresh', () => {
    const now = at('2026-11-20T07:30:00Z');
    const rows = Array.from({ length: 12 }, (_, i) =>
      known(addDays('2026-11-10', i), 'complete', '2026-11-20T07:29:00Z'),
    );
    expect(dueDays(dataset, rows.slice(0, 11), now)).toEqual([]);
  });

  test('never a day that is not open, never one outside the range, newest first, whatever the ledger says', () => {
    const anyRow = fc.record({
      day: fc.integer({ min: -40, max: 5 }).map((n) => addDays('2026-11-20', n)),
      state: fc.constantFrom<DayState>(
        'awaiting',
        'late',
        'partial',
        'complete',
        'quarantined',
        'failed',
        'absent',
      ),
      lastRequestedMs: fc.option(
        fc.integer({ min: at('2026-11-01T00:00:00Z'), max: at('2026-11-20T12:00:00Z') }),
      ),
    });
    const anyNow = fc.integer({ min: at('2026-11-20T00:00:00Z'), max: at('2026-11-21T00:00:00Z') });
    fc.assert(
      fc.property(fc.uniqueArray(anyRow, { selector: ({ day }) => day }), anyNow, (rows, now) => {
        const due = dueDays(dataset, rows, now);
        const { from, to } = pollingRange(dataset, now);
        for (const day of due) {
          expect(day >= from && day <= to).toBe(true);
          expect(momentOf(dataset, day, dataset.pull.publication.opens)).toBeLessThanOrEqual(now);
        }
        expect(due).toEqual(due.toSorted().reverse());
      }),
    );
  });

  test('a day in the life: requests of one publication day stay few', () => {
    // Poll every five minutes for 24 hours; tomorrow appears at 10:07 local, everything else is complete.
    const rows = new Map<string, CheckedDay>();
    const start = at('2026-11-19T23:00:00Z');
    for (let n = -10; n <= 0; n++)
      rows.set(addDays('2026-11-20', n), known(addDays('2026-11-20', n), 'complete', '2026-11-19T22:59:00Z'));
    let requests = 0;
    for (let now = start; now < start + 24 * 60 * MINUTE; now += 5 * MINUTE) {
      for (const day of dueDays(dataset, [...rows.values()], now)) {
        requests++;
        const there = day < '2026-11-21' || now >= at('2026-11-20T09:07:00Z');
        rows.set(day, { day, state: there ? 'complete' : 'awaiting', lastRequestedMs: now });
      }
    }
    expect(rows.get('2026-11-21')?.state).toBe('complete');
    expect(requests).toBeLessThan(70);
  });
});

describe('what was missed', () => {
  const now = at('2026-11-20T12:00:00Z');
  const range = catchUpRange(dataset, now);
  const past = eachDay(range.from, range.to);
  const lastMinutesAgo = (minutes: number) => (day: string) =>
    known(day, 'complete', new Date(now - minutes * MINUTE).toISOString());

  test('of a dataset that was never requested is the month before today', () => {
    expect(past).toHaveLength(31);
    expect(range.to).toBe('2026-11-19');
    expect(missedDays(dataset, [], now)).toEqual(past.toReversed());
  });

  test('is nothing where polling has requested what was due', () => {
    expect(missedDays(dataset, past.map(lastMinutesAgo(1)), now)).toEqual([]);
  });

  test('is never what is not due, what a person declared absent, or what is still live', () => {
    const day = fc.integer({ min: 0, max: past.length - 1 }).map((n) => past[n] ?? '');
    const states = fc.constantFrom<DayState>('complete', 'late', 'partial', 'failed', 'absent', 'awaiting');
    const rows = fc.array(fc.record({ day, state: states, minutes: fc.integer({ min: 0, max: 60_000 }) }));
    fc.assert(
      fc.property(rows, (found) => {
        const ledger = found.map(({ day, state, minutes }) => ({ ...lastMinutesAgo(minutes)(day), state }));
        const rowOf = new Map(ledger.map((row) => [row.day, row]));
        const due = new Set(dueDays(dataset, ledger, now));
        for (const each of missedDays(dataset, ledger, now)) {
          const row = rowOf.get(each);
          expect(row === undefined || due.has(each)).toBe(true);
          expect(row?.state).not.toBe('absent');
          expect(now - momentOf(dataset, each, dataset.pull.publication.expected)).toBeGreaterThanOrEqual(
            24 * 60 * MINUTE,
          );
        }
      }),
    );
  });

  test('after an outage is what has been due for more than an hour', () => {
    // Past days are read again twice a day.
    expect(missedDays(dataset, past.map(lastMinutesAgo(12 * 60 + 30)), now)).toEqual([]);
    const ledger = past.map(lastMinutesAgo(13 * 60 + 30));
    const due = dueDays(dataset, ledger, now).filter((day) => past.includes(day));
    expect(due.length).toBeGreaterThan(5);
    expect(missedDays(dataset, ledger, now)).toEqual(due);
  });
});
