/** Values that are not numbers, or not numbers that can be. */
import { cell, each, everyCell, type Family, type HostileCase, ok } from './case.ts';
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
  ...each(allUnreadable, {
    'every number as a text': everyCell((value) => `${value}.0000000000`),
    'every number as yes or no': everyCell((value) => value > 2_000),
    'every number with a comma': everyCell((value) => `${value},5`),
  }),
  ...each(unreadable, {
    'a number as a text': cell('1500'),
    'an empty text': cell(''),
    'the word null': cell('null'),
    'a dash': cell('-'),
    true: cell(true),
    'an object': cell({ value: 1_500, unit: 'MW' }),
    'a list of one number': cell([1_500]),
    'a hundred thousand brackets': cell(raw('['.repeat(DEEP) + ']'.repeat(DEEP))),
    'a text of a megabyte': cell('😀'.repeat(262_144)),
    'a text that is SQL': cell(`'); drop table ops.payload; --`),
    'a text with a zero byte and half a character': cell('\u0000\ud83d'),
    '1e400': cell(raw('1e400')),
    'minus 1e400': cell(raw('-1e400')),
    'ten thousand digits': cell(raw('9'.repeat(10_000))),
  }),
  ...each(notJson, {
    NaN: cell(raw('NaN')),
    Infinity: cell(raw('Infinity')),
    'minus Infinity': cell(raw('-Infinity')),
    hexadecimal: cell(raw('0x10')),
    'leading zeros': cell(raw('007')),
    undefined: cell(raw('undefined')),
  }),
  ...each(leap, {
    '1e308': cell(1e308),
    'more than any border carries': cell(50_001),
  }),
  { name: 'a negative number', answer: cell(-1), ...outOfRange },
  {
    name: 'every number negative',
    answer: everyCell((value) => -value),
    state: 'quarantined',
    findings: { range: `block ${FULL}` },
  },
  ...each(complete, {
    'minus zero': cell(raw('-0.0')),
    'nearly zero': cell(raw('1e-400')),
    zero: cell(0),
    'a thousand decimals': cell(raw(`1500.${'0'.repeat(999)}1`)),
  }),
  {
    name: 'nothing but one number, too large',
    answer: ok('1e400'),
    state: 'quarantined',
    findings: { shape: 'block 1' },
  },
];

export const values: Family = { name: 'values', firstDay: '2025-01-05', cases };
