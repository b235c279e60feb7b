/** Values that are not numbers, or not numbers that can be. */
import { cell, everyCell, type Family, type HostileCase, ok } from './case.ts';
import { FULL, raw } from './good-day.ts';

const notJson = { state: 'quarantined', findings: { not_json: 'block 1' } } as const;
const unreadable = {
  state: 'quarantined',
  rows: FULL - 1,
  findings: { unreadable_value: 'block 1' },
} as const;
const allUnreadable = {
  state: 'quarantined',
  findings: { unreadable_value: `block ${FULL}`, missing_intervals: 'warn 1', missing_series: 'warn 1' },
} as const;
const outOfRange = { state: 'quarantined', rows: FULL - 1, findings: { range: 'block 1' } } as const;
const leap = { ...outOfRange, findings: { range: 'block 1', sudden_step: 'warn 2' } } as const;
const complete = { state: 'complete', rows: FULL } as const;
const DEEP = 100_000;

const cases: HostileCase[] = [
  { name: 'every number as a text', answer: everyCell((value) => `${value}.0000000000`), ...allUnreadable },
  { name: 'every number as yes or no', answer: everyCell((value) => value > 2_000), ...allUnreadable },
  { name: 'every number with a comma', answer: everyCell((value) => `${value},5`), ...allUnreadable },
  { name: 'a number as a text', answer: cell('1500'), ...unreadable },
  { name: 'an empty text', answer: cell(''), ...unreadable },
  { name: 'the word null', answer: cell('null'), ...unreadable },
  { name: 'a dash', answer: cell('-'), ...unreadable },
  { name: 'true', answer: cell(true), ...unreadable },
  { name: 'an object', answer: cell({ value: 1_500, unit: 'MW' }), ...unreadable },
  { name: 'a list of one number', answer: cell([1_500]), ...unreadable },
  {
    name: 'a hundred thousand brackets',
    answer: cell(raw('['.repeat(DEEP) + ']'.repeat(DEEP))),
    ...unreadable,
  },
  { name: 'a text of a megabyte', answer: cell('😀'.repeat(262_144)), ...unreadable },
  { name: 'a text that is SQL', answer: cell(`'); drop table ops.payload; --`), ...unreadable },
  { name: 'a text with a zero byte and half a character', answer: cell('\u0000\ud83d'), ...unreadable },
  { name: 'NaN', answer: cell(raw('NaN')), ...notJson },
  { name: 'Infinity', answer: cell(raw('Infinity')), ...notJson },
  { name: 'minus Infinity', answer: cell(raw('-Infinity')), ...notJson },
  { name: 'hexadecimal', answer: cell(raw('0x10')), ...notJson },
  { name: 'leading zeros', answer: cell(raw('007')), ...notJson },
  { name: 'undefined', answer: cell(raw('undefined')), ...notJson },
  { name: '1e400', answer: cell(raw('1e400')), ...unreadable },
  { name: 'minus 1e400', answer: cell(raw('-1e400')), ...unreadable },
  { name: 'ten thousand digits', answer: cell(raw('9'.repeat(10_000))), ...unreadable },
  { name: '1e308', answer: cell(1e308), ...leap },
  { name: 'more than any border carries', answer: cell(50_001), ...leap },
  { name: 'a negative number', answer: cell(-1), ...outOfRange },
  {
    name: 'every number negative',
    answer: everyCell((value) => -value),
    state: 'quarantined',
    findings: { range: `block ${FULL}` },
  },
  { name: 'minus zero', answer: cell(raw('-0.0')), ...complete },
  { name: 'nearly zero', answer: cell(raw('1e-400')), ...complete },
  { name: 'zero', answer: cell(0), ...complete },
  { name: 'a thousand decimals', answer: cell(raw(`1500.${'0'.repeat(999)}1`)), ...complete },
  {
    name: 'nothing but one number, too large',
    answer: ok('1e400'),
    state: 'quarantined',
    findings: { shape: 'block 1' },
  },
];

export const values: Family = { name: 'values', firstDay: '2025-01-05', cases };
