// Faults in the values and keys of every row. With `border` they affect one key, without it all of them.
import { type Effects, fault, optional, otherwise, required } from './fault-kind.ts';
import { borderKey, megawatts } from './fault-params.ts';
import { addField, mapValues, numberText } from './rows.ts';

const oneBorder = { border: optional(borderKey, 'one border instead of all') };

/** The faults of this group by name. */
export const valueFaults = {
  'null-values': fault('rows', 'answers null for every value', oneBorder, ({ border }) =>
    everyValue(border, () => 'null'),
  ),
  'string-numbers': fault('rows', 'puts quotes around the numbers', oneBorder, ({ border }) =>
    everyValue(border, (text) => (text === 'null' ? text : `"${text}"`)),
  ),
  negative: fault('rows', 'answers negative numbers', oneBorder, ({ border }) =>
    everyValue(border, (text) => numberText(-(Number(text) || 1))),
  ),
  huge: fault('rows', 'answers 1e400, which no double holds', oneBorder, ({ border }) =>
    everyValue(border, () => '1e400'),
  ),
  'nan-literal': fault('rows', 'answers NaN, which is not JSON', oneBorder, ({ border }) =>
    everyValue(border, () => 'NaN'),
  ),
  'new-border': fault(
    'rows',
    'adds a border that nobody knows',
    {
      border: otherwise('border_AT_UA', borderKey, 'its key'),
      value: otherwise(500 as number | null, megawatts, 'its value in MW'),
    },
    ({ border, value }) =>
      (rows) =>
        rows.map((row) => addField(row, border, numberText(value))),
  ),
  'missing-border': fault(
    'rows',
    'leaves a border out of every row',
    { border: required(borderKey, 'which one') },
    ({ border }) =>
      (rows) =>
        rows.map((row) => mapValues(row, (key, text) => (key === border ? undefined : text))),
  ),
};

function everyValue(border: string | undefined, change: (text: string) => string): Effects['rows'] {
  return (rows) =>
    rows.map((row) =>
      mapValues(row, (key, text) => (border === undefined || key === border ? change(text) : text)),
    );
}
