/** Does a plan say about each day of the range what would be done, why, and what it costs? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import maxExchanges from '../../../../datasets/jao-core/max-exchanges.ts';
import { type BackfillInput, CHOICES } from '../../../../domain/backfill/backfill.ts';
import { type KnownDay, planDays, summarize } from '../../../../domain/backfill/backfill-plan.ts';
import { DAY_STATES, type DayState } from '../../../../domain/days/ledger.ts';
import { nextSteps } from '../../../../domain/days/next-steps.ts';
import { addDays, eachDay } from '../../../../domain/time/civil-day.ts';
import { fromRanges } from '../../../../domain/time/day-ranges.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const RANGE = { dataset: maxExchanges.id, from: '2026-11-01', to: '2026-11-10' };
const QUOTA = { requests: 100, windowMs: 60_000, reservedForLive: 10 };

function known(day: string, state: DayState, about: Partial<KnownDay> = {}): KnownDay {
  const present = state === 'complete' ? 3600 : state === 'partial' ? 3000 : 0;
  const at = new Date('2026-11-15T00:00:00Z');
  return {
    ...{ day, state, expectedPoints: 3600, presentPoints: present, lastCheckedAt: at, lastChangedAt: at },
    ...{ lastRequestedAt: at, decoderVersion: present === 0 ? null : 2, ...about },
  };
}

const plan = (request: Partial<BackfillInput>, rows: readonly KnownDay[]) =>
  planDays(maxExchanges, { ...RANGE, ...request }, rows, NOW);
const chosen = (request: Partial<BackfillInput>, rows: readonly KnownDay[]) =>
  plan(request, rows).flatMap(({ day, action, reason }) =>
    action === 'skip' ? [] : [`${day.slice(8)} ${action}: ${reason}`],
  );

const TEN_DAYS = [
  known('2026-11-01', 'complete'),
  known('2026-11-02', 'partial'),
  known('2026-11-03', 'failed'),
  known('2026-11-04', 'quarantined'),
  known('2026-11-05', 'late'),
  known('2026-11-06', 'absent'),
  known('2026-11-07', 'complete', { decoderVersion: 1 }),
  known('2026-11-08', 'complete', { lastCheckedAt: new Date('2026-11-09T00:00:00Z') }),
  known('2026-11-09', 'complete', { lastChangedAt: new Date('2026-11-18T00:00:00Z') }),
];

describe('which days', () => {
  test('without a wish: everything that is not complete or absent, newest first', () => {
    expect(chosen({}, TEN_DAYS)).toEqual([
      '10 fetch: missing',
      '05 fetch: late',
      '04 fetch: quarantined',
      '03 fetch: failed',
      '02 fetch: partial',
    ]);
  });

  test.each(CHOICES)('only %s', (choice) => {
    expect(plan({ only: [choice] }, TEN_DAYS).filter(({ action }) => action === 'fetch')).toEqual([
      expect.objectContaining({ reason: choice }),
    ]);
  });

  test('not checked since, changed since, older decoder: each alone, and together', () => {
    const notCheckedSince = '2026-11-10T00:00:00Z';
    const changedSince = '2026-11-16T00:00:00Z';
    // A day that nobody has asked for was not checked either.
    expect(chosen({ notCheckedSince }, TEN_DAYS)).toEqual([
      '10 fetch: not checked since',
      '08 fetch: not checked since',
    ]);
    expect(chosen({ changedSince }, TEN_DAYS)).toEqual(['09 fetch: changed since']);
    expect(chosen({ decoderOlderThan: 2 }, TEN_DAYS)).toEqual(['07 rebuild: older decoder']);
    const wishes = { only: ['failed'] as const, changedSince, decoderOlderThan: 2, order: 'oldest' as const };
    expect(chosen(wishes, TEN_DAYS)).toEqual([
      '03 fetch: failed',
      '07 rebuild: older decoder',
      '09 fetch: changed since',
    ]);
  });

  test('all: absent ones too, because a person says so', () => {
    expect(chosen({ days: 'all' }, TEN_DAYS)).toHaveLength(10);
  });

  test('a day that nobody may ask for yet is left alone', () => {
    const days = plan({ from: '2026-11-20', to: '2026-11-22' }, []);
    expect(days.map(({ day, action, reason }) => [day, action, reason])).toEqual([
      ['2026-11-22', 'skip', 'not open yet'],
      ['2026-11-21', 'fetch', 'missing'],
      ['2026-11-20', 'fetch', 'missing'],
    ]);
  });
});

describe('what it costs', () => {
  test('rows are the expected points that are not there', () => {
    const rows = plan({ days: 'all' }, TEN_DAYS);
    expect(rows.find(({ day }) => day === '2026-11-02')?.rows).toBe(600);
    expect(rows.find(({ day }) => day === '2026-11-01')?.rows).toBe(0);
    expect(rows.find(({ day }) => day === '2026-11-10')?.rows).toBe(24 * 150);
  });

  test.each([
    [0, 0],
    [1, 0],
    [90, 0],
    [91, 1],
    [814, 9],
  ])('%i requests take %i minutes at the quota', (requests, minutes) => {
    expect(summarize([], requests, QUOTA).minutes).toBe(minutes);
  });
});

test('every day of the range is in the plan once, and in its summary once, whatever is known', () => {
  const anyKnown = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom(...DAY_STATES)), {
    selector: ([day]) => day,
  });
  const anyOptions = fc.record(
    {
      only: fc.uniqueArray(fc.constantFrom(...CHOICES), { minLength: 1 }),
      order: fc.constantFrom('newest', 'oldest'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anyKnown, anyOptions, (states, options) => {
      const rows = states.map(([n, state]) => known(addDays('2026-10-01', n), state));
      const request = { ...RANGE, from: '2026-10-01', to: '2026-11-24', ...options } as BackfillInput;
      const days = planDays(maxExchanges, request, rows, NOW);
      const range = eachDay(request.from, request.to);
      expect(days.map(({ day }) => day)).toEqual(request.order === 'oldest' ? range : range.reverse());
      const { actions } = summarize(days, 0, QUOTA);
      const named = Object.values(actions).flatMap((reasons) => Object.values(reasons).flatMap(fromRanges));
      expect(named.toSorted()).toEqual(range.toSorted());
    }),
  );
});

describe('what to do next', () => {
  test('nothing, when every day is fine', () => {
    expect(nextSteps('a.b', { complete: ['2026-11-01'], awaiting: ['2026-11-02'], failed: [] })).toEqual([]);
  });

  test('each kind of bad day with its days and the command', () => {
    const outcomes = { late: ['2026-11-05'], failed: ['2026-11-03', '2026-11-01'] };
    expect(nextSteps('a.b', outcomes)).toEqual([
      '2 days failed (2026-11-01, 2026-11-03): read why, then `npx tidemark rerun a.b --from 2026-11-01 --to 2026-11-03 --failed`; recent days are requested again by polling',
      '1 day late (2026-11-05): the source has nothing; request it again later, or say that it never will with `npx tidemark absent a.b --day 2026-11-05 --reason "…"`',
    ]);
  });
});
