/** Are query strings read as people type them? */
import { expect, test } from 'vitest';
import { readQuery } from '../../../../api/data/selection.ts';

test.each([
  ['gate=D+1T12:00', { gate: 'D+1T12:00' }],
  ['gate=D%2B1T12:00', { gate: 'D+1T12:00' }],
  ['gate=D-1T12:00', { gate: 'D-1T12:00' }],
  ['as_of=2026-11-20T10:30:00+01:00', { as_of: '2026-11-20T10:30:00+01:00' }],
  ['q=new+york', { q: 'new york' }],
  ['series=a+1&series=b', { series: ['a 1', 'b'] }],
  ['function=min,max', { function: ['min', 'max'] }],
  ['from=a&from=b', { from: ['a', 'b'] }],
])('%s', (text, expected) => {
  expect(readQuery(text)).toEqual(expected);
});
