/** Do sentences about points say what is so, whatever was known earlier, and whatever has no value? */
import fc from 'fast-check';
import { expect, test } from 'vitest';

interface Counts {
  readonly points: number;
  readonly nulls: number;
}
interface Words {
  pointsText(counts: Counts): string;
  differenceText(now: Counts, past: Counts, changed: number): string;
}
/** A module of the page, which is JavaScript. */
const { differenceText, pointsText }: Words = await import(
  new URL('../../../web/numbers.js', import.meta.url).href
);

test.each([
  [48, 0, '48 values'],
  [48, 1, '47 values and 1 null'],
  [2, 1, '1 value and 1 null'],
  [0, 0, '0 values'],
])('of %i points with %i nulls it says "%s"', (points, nulls, text) => {
  expect(pointsText({ points, nulls })).toBe(text);
});

const anyCounts = fc.record({ points: fc.nat(5_000), nulls: fc.constant(0) });

test('nothing is said to be unchanged that was not known then, and nothing new is left out', () => {
  fc.assert(
    fc.property(anyCounts, anyCounts, fc.nat(5_000), (now, past, changed) => {
      const text = differenceText(now, past, changed);
      expect(text === 'Nothing was known then: knowledge begins later.').toBe(past.points === 0);
      if (past.points === 0) return;
      expect(text.startsWith('None of these has changed since')).toBe(changed === 0);
      expect(text.endsWith(' became known later.')).toBe(now.points > past.points);
    }),
  );
});
