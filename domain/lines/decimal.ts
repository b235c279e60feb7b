/** Decimals, exactly as Number() reads them. */

/** 10^n is an exact double up to here, so a whole number below 2^53 divided by it is rounded only once: correctly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, n) => 10 ** n);
/** Any number with this many digits is below 2^53. */
export const SAFE_DIGITS = 15;

export type Sign = '.' | ',';

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
/** Thousands separated by apostrophes or by spaces of any kind, which are unambiguous. */
const PARTED = /^[+-]?[1-9]\d{0,2}(['\u2019 \u00a0\u2009\u202f])\d{3}(?:\1\d{3})*(?:[.,]\d*)?$/;
const PARTS = /['\u2019 \u00a0\u2009\u202f]/g;
/** Thousands separated by the sign that is not the decimal one: with a decimal point, and with a decimal comma. */
const GROUPED: Readonly<Record<Sign, RegExp>> = {
  '.': /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/,
  ',': /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?$/,
};
/** One group and no decimals: `1.234` with a decimal comma may be a slip. */
const DOUBTFUL = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/**
 * @param thousands the thousands separator, where it is known; an unambiguous one is understood anyway
 * @returns NaN when the text is not a decimal, or one too large to be stored.
 */
export function readDecimal(text: string, sign: Sign, thousands?: Sign): number {
  const plain = text.startsWith('\u2212') ? `-${text.slice(1)}` : text;
  const joined = PARTED.test(plain) ? plain.replace(PARTS, '') : plain;
  const whole = withoutGroups(joined, sign, thousands);
  // With a decimal comma, a point that does not separate thousands is a slip.
  if (sign === ',' && whole.includes('.')) return Number.NaN;
  const pointed = sign === ',' ? whole.replace(',', '.') : whole;
  if (!DECIMAL.test(pointed)) return Number.NaN;
  const value = Number(pointed);
  // Minus zero becomes zero: publishers make no difference, and their bytes differ.
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}

/** Whether a text is a number or a slip, depending on whether the other sign separates thousands. */
export function isDoubtful(text: string, sign: Sign): boolean {
  return DOUBTFUL.test(text) && text.includes(sign === ',' ? '.' : ',');
}

function withoutGroups(text: string, sign: Sign, thousands: Sign | undefined): string {
  if (!GROUPED[sign].test(text)) return text;
  const other = sign === ',' ? '.' : ',';
  return thousands === other || !DOUBTFUL.test(text) ? text.replaceAll(other, '') : text;
}
