/** Does somebody who misspelt a name read the one that was meant? */
import { expect, test } from 'vitest';
import { nearNames } from '../../../../domain/dataset/near-names.ts';

const BORDERS = ['border_AT_BE', 'border_AT_CZ', 'border_AT_DE', 'border_BE_AT', 'border_CZ_AT', 'frequency'];

test.each([
  ['border_AT_C', ['border_AT_CZ', 'border_AT_BE', 'border_AT_DE']],
  ['BORDER_at_cz', ['border_AT_CZ', 'border_AT_BE', 'border_AT_DE']],
  ['frequenzy', ['frequency']],
  ['frequency', ['frequency']],
  ['load', []],
  ['', []],
])('%j', (written, near) => {
  expect(nearNames(written, BORDERS)).toEqual(near);
});

test('the nearest stands first, and no more than asked for', () => {
  expect(nearNames('border_AT_CY', BORDERS, 1)).toEqual(['border_AT_CZ']);
  expect(nearNames('x', [])).toEqual([]);
});
