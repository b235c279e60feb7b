/** Do the gaps say exactly which points are missing, in as few words as possible? */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapsOf } from '../../../../domain/days/gaps.ts';

const HOUR = 3_600_000;
const missing = (series: string, hour: number, kind: 'absent' | 'null' = 'absent') => ({
  series,
  startsAtMs: hour * HOUR,
  kind,
});

test('runs are joined, and series that lack the same run stand together', () => {
  const points = [
    missing('a', 1),
    missing('a', 2),
    missing('b', 1),
    missing('b', 2),
    missing('b', 5),
    missing('c', 2, 'null'),
  ];
  expect(gapsOf(points, HOUR)).toEqual([
    { fromMs: HOUR, toMs: 3 * HOUR, kind: 'absent', series: ['a', 'b'] },
    { fromMs: 2 * HOUR, toMs: 3 * HOUR, kind: 'null', series: ['c'] },
    { fromMs: 5 * HOUR, toMs: 6 * HOUR, kind: 'absent', series: ['b'] },
  ]);
});

test('every missing point is in exactly one gap', () => {
  const anyPoint = fc.tuple(
    fc.constantFrom('a', 'b', 'c'),
    fc.integer({ min: 0, max: 23 }),
    fc.constantFrom('absent' as const, 'null' as const),
  );
  const anyMissing = fc.uniqueArray(anyPoint, { selector: ([series, hour]) => `${series}${hour}` });
  const sorted = anyMissing.map((all) =>
    all.toSorted(([a, i], [b, j]) => (a === b ? i - j : a < b ? -1 : 1)),
  );
  fc.assert(
    fc.property(sorted, (all) => {
      const points = all.map(([series, hour, kind]) => missing(series, hour, kind));
      const found = gapsOf(points, HOUR).flatMap(({ fromMs, toMs, kind, series }) =>
        series.flatMap((name) =>
          Array.from({ length: (toMs - fromMs) / HOUR }, (_, i) => missing(name, fromMs / HOUR + i, kind)),
        ),
      );
      const order = (rows: typeof points) => rows.map((row) => JSON.stringify(row)).toSorted();
      expect(order(found)).toEqual(order(points));
    }),
  );
});
