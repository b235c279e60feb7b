/** Whatever days do, in whatever order: does each incident begin and end once, and is every wrong day in an open one? */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DayState } from '../../../../domain/days/ledger.ts';
import { eventsOf, type StateMove } from '../../../../domain/notify/derive.ts';
import type { Incident } from '../../../../domain/notify/incident.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';

const step = fc.record({
  day: fc.integer({ min: 0, max: 40 }).map((n) => addDays('2026-01-01', n)),
  after: fc.constantFrom<DayState>('late', 'partial', 'quarantined', 'failed', 'complete', 'awaiting'),
  hours: fc.integer({ min: 0, max: 50 }),
});

test('incidents begin and end once, and hold just the days that are wrong', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 9 }), (steps, batch) => {
      const states = new Map<string, DayState>();
      let atMs = 0;
      const moves = steps.map(({ day, after, hours }, n): StateMove => {
        atMs += hours * 3_600_000;
        const before = states.get(day) ?? null;
        states.set(day, after);
        const errors = { hadError: before === 'failed', error: after === 'failed' ? 'X: y' : null };
        return {
          id: n,
          what: 'state',
          dataset: 'a.b',
          day,
          at: new Date(atMs),
          before,
          after,
          ...errors,
          change: null,
        };
      });
      const incidents: Incident[] = [];
      const events = [];
      // However they are taken, a few at a time.
      for (let n = 0; n < moves.length; n += batch)
        events.push(...eventsOf(moves.slice(n, n + batch), incidents));
      expect(new Set(events.map(({ key }) => key)).size).toBe(events.length);
      const open = incidents.filter(({ endedAt }) => endedAt === null);
      for (const kind of ['late', 'partial', 'quarantined', 'failed'] as const) {
        const wrong = [...states].filter(([, state]) => state === kind).map(([day]) => day);
        expect(
          open
            .filter((each) => each.kind === kind)
            .flatMap(({ openDays }) => openDays)
            .sort(),
        ).toEqual(wrong.sort());
        const began = events.filter((each) => each.kind === kind && each.phase === 'began');
        const ended = events.filter((each) => each.kind === kind && each.phase === 'ended');
        expect(began.length - ended.length).toBe(open.filter((each) => each.kind === kind).length);
        expect(ended.every(({ key }) => began.some((each) => `${each.key}:ended` === key))).toBe(true);
      }
    }),
  );
});
