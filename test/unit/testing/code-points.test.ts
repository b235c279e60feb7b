/** Are texts of any character what they say: every code point, no surrogate, and known again? */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CODE_POINT } from '../../../kit/testing/code-points.ts';

test('texts of them are well formed, from the first code point to the last', () => {
  fc.assert(fc.property(fc.string({ unit: CODE_POINT }), (text) => Buffer.from(text).toString() === text));
  const ends = ['\0', '\ud7ff', '\ue000', '\u{10ffff}'];
  expect(ends.filter((each) => !CODE_POINT.canShrinkWithoutContext(each))).toEqual([]);
});

test.each(['', 'ab', '\ud800', '\udfff', 7, undefined])('%j is none of them', (other) => {
  expect(CODE_POINT.canShrinkWithoutContext(other)).toBe(false);
});
