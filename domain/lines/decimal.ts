/** Decimals, exactly as Number() reads them. */

/** 10^n is a double without loss up to here, and so a whole number below 2^53 divided by it is rounded once: correctly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, n) => 10 ** n);
/** Digits that make a whole number below 2^53, whatever they are. */
export const SAFE_DIGITS = 15;

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

/** @returns NaN when the text is not a decimal, or one too large to be kept. */
export function readDecimal(text: string, sign: '.' | ','): number {
  // With a decimal comma, a point is a separator of thousands, which nobody can tell from a slip.
  if (sign === ',' && text.includes('.')) return Number.NaN;
  const plain = sign === ',' ? text.replace(',', '.') : text;
  if (!DECIMAL.test(plain)) return Number.NaN;
  const value = Number(plain);
  // Minus zero is zero: no publisher means anything by it, and bytes of both differ.
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}
