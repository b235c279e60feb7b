/** Do a backfill's figures add up, through continue-as-new and in every outcome? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_STATES } from '../../../../domain/days/ledger.ts';
import { addDays, eachDay } from '../../../../domain/time/civil-day.ts';
import { fromRanges, toRanges } from '../../../../domain/time/day-ranges.ts';
import { BackfillTracker } from '../../../../workflows/backfill/backfill-progress.ts';

const input = { dataset: 'a.b', from: '2026-01-01', to: '2026-01-10' };
const anyDay = fc.integer({ min: 0, max: 400 }).map((n) => addDays('2026-01-01', n));

describe('ranges of days', () => {
  test('there and back is the same set', () => {
    fc.assert(
      fc.property(fc.array(anyDay), (days) => {
        expect(fromRanges(toRanges(days))).toEqual([...new Set(days)].toSorted());
      }),
    );
  });

  test('as few as possible', () => {
    expect(toRanges(eachDay('2026-02-27', '2026-03-02'))).toEqual(['2026-02-27..2026-03-02']);
    expect(toRanges(['2026-03-01', '2026-03-03'])).toEqual(['2026-03-01', '2026-03-03']);
    expect(toRanges([])).toEqual([]);
  });
});

describe('the tracker', () => {
  test('counts what was complete before, what ran and what failed', () => {
    const tracker = BackfillTracker.begin(input);
    expect(tracker.progress()).toMatchObject({ done: 0, total: 10, summary: '0 of 10 days complete' });
    tracker.plan({ days: [], complete: ['2026-01-01..2026-01-06'] });
    tracker.begin('2026-01-10');
    tracker.begin('2026-01-09');
    expect(tracker.progress()).toMatchObject({ done: 6, total: 10, running: ['2026-01-10', '2026-01-09'] });
    tracker.end('2026-01-10', 'complete');
    tracker.end('2026-01-09', 'failed', { error: 'SOURCE_ERROR: 503' });
    expect(tracker.progress()).toMatchObject({
      done: 8,
      running: [],
      outcomes: { complete: ['2026-01-01..2026-01-06', '2026-01-10'], failed: ['2026-01-09'] },
      errors: { '2026-01-09': 'SOURCE_ERROR: 503' },
      summary: '7 of 10 days complete, 1 failed',
    });
  });

  test('carried to another run, it is the same', () => {
    const anyOutcomes = fc.array(fc.tuple(anyDay, fc.constantFrom(...DAY_STATES)), { maxLength: 50 });
    fc.assert(
      fc.property(anyOutcomes, (outcomes) => {
        const tracker = BackfillTracker.begin(input);
        for (const [day, state] of new Map(outcomes))
          tracker.end(day, state, state === 'failed' ? { error: 'why' } : {});
        const carried = JSON.parse(JSON.stringify(tracker.carry()));
        expect(BackfillTracker.resume(input, carried).progress()).toEqual(tracker.progress());
      }),
    );
  });

  test('keeps at most fifty reasons, so that a bad year does not blow up the history', () => {
    const tracker = BackfillTracker.begin(input);
    for (const day of eachDay('2026-01-01', '2026-04-30')) tracker.end(day, 'failed', { error: 'why' });
    expect(Object.keys(tracker.progress().errors)).toHaveLength(50);
  });
});
