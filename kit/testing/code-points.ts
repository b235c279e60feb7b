/** Any character, for properties of texts. */
import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };
const LAST = 0x10ffff;

/** Every code point except surrogates, as `unit: 'binary'` of fast-check, which first makes a table of all of them: a second. */
export const CODE_POINT: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: LAST - SURROGATES.count })
  .map(characterOf, numberOf);

function characterOf(number: number): string {
  return String.fromCodePoint(number < SURROGATES.first ? number : number + SURROGATES.count);
}

/** @throws Error for anything but one such character: by that fast-check knows that a value is not of this kind. */
function numberOf(text: unknown): number {
  const point = typeof text === 'string' ? text.codePointAt(0) : undefined;
  if (point === undefined || String.fromCodePoint(point) !== text) throw new Error('not one code point');
  if (point >= SURROGATES.first + SURROGATES.count) return point - SURROGATES.count;
  if (point < SURROGATES.first) return point;
  throw new Error('a surrogate');
}
