// Parameters that several faults share.
import { integerBetween, numberBetween, type Reader, textLike, wrong } from './input.ts';
import { VALUE_PREFIX } from './rows.ts';

/** The nth hour of the business day, from 0. */
export const hour = integerBetween(0, 24);

/** A key as written in a row. */
export const borderKey = textLike(new RegExp(`^${VALUE_PREFIX}\\w+$`), 'a key such as border_AT_CZ');

/** A capacity in MW, or null. */
export const megawatts: Reader<number | null> = (field, raw) => {
  if (raw === null || raw === 'null') return null;
  if (raw === undefined) throw wrong(field, raw, 'a number of MW or null');
  return numberBetween(-1e9, 1e9)(field, raw);
};

/** A text for a message or a header: one line of printable characters. */
export const line = textLike(/^[\x20-\x7e]{1,500}$/, 'one line of 1 to 500 plain characters');
