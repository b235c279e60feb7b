/** Does the queue of a backfill give every day once, in order, and never more than may be in progress? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { BackfillQueue, type Work } from '../../../../workflows/backfill/backfill-queue.ts';
import { Throughput } from '../../../../workflows/throughput.ts';

const fetch = (...days: string[]): Work => ({ days, action: 'fetch' });

describe('the queue', () => {
  test('begins a piece when there is room for all its days', () => {
    const queue = new BackfillQueue([fetch('2026-01-02', '2026-01-01')]);
    expect([queue.fits(1, 16), queue.fits(2, 16)]).toEqual([false, true]);
    expect(queue.shift(16)).toEqual(fetch('2026-01-02', '2026-01-01'));
    expect([queue.isEmpty, queue.fits(16, 16)]).toEqual([true, false]);
  });

  test('a piece that is larger than all the room there is begins in parts', () => {
    const queue = new BackfillQueue([fetch('2026-01-02', '2026-01-01')]);
    expect([queue.fits(0, 1), queue.fits(1, 1)]).toEqual([false, true]);
    expect([queue.shift(1), queue.shift(1)]).toEqual([fetch('2026-01-02'), fetch('2026-01-01')]);
  });

  test('days are taken out, of pieces too', () => {
    const queue = new BackfillQueue([fetch('2026-01-02', '2026-01-01'), fetch('2025-12-31')]);
    queue.take(['2026-01-01', '2025-12-31']);
    expect([queue.rest(), queue.days, queue.has('2026-01-01')]).toEqual([[fetch('2026-01-02')], 1, false]);
  });

  test('whatever the pieces, the order and the room: every day once, in order', () => {
    const anySizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 5 }), fc.boolean(), (sizes, limit, oldest) => {
        let next = '2026-01-01';
        const take = () => {
          next = addDays(next, -1);
          return next;
        };
        const queue = new BackfillQueue(sizes.map((size) => fetch(...Array.from({ length: size }, take))));
        if (oldest) queue.reorder('oldest');
        const given: string[] = [];
        while (queue.fits(limit, limit)) given.push(...queue.shift(limit).days);
        const all = sizes.reduce((sum, size) => sum + size, 0);
        const newestFirst = Array.from({ length: all }, (_, i) => addDays('2025-12-31', -i));
        expect(given).toEqual(oldest ? newestFirst.reverse() : newestFirst);
      }),
    );
  });
});

test('the throughput counts only the time in which something is in progress, through continue-as-new too', () => {
  const throughput = new Throughput();
  expect(throughput.perMinute(0)).toBeNull();
  throughput.begin(0);
  throughput.begin(10_000);
  throughput.end(20_000, false);
  throughput.end(30_000, true);
  // Paused for an hour.
  expect(throughput.perMinute(3_630_000)).toBe(4);
  const next = new Throughput(throughput.carry());
  next.begin(3_630_000);
  next.end(3_660_000, true);
  expect(next.perMinute(3_660_000)).toBe(3);
});
