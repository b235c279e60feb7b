/**
 * Decimal numbers that a double cannot represent: more digits, or a larger magnitude. They are kept as text in one normal form, so that
 * equal numbers have equal texts. Pure.
 */

/** Longer numbers could fill a disk: PostgreSQL writes all digits of `1e9999`. */
export const MOST_DIGITS = 1_000;

/** A number as it was sent, in normal form. In JSON not written with `jsonText` it becomes a text: nothing is lost. */
export class ExactNumber {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /**
   * @param token a number by the grammar of JSON.
   * @returns a double if it can represent the number; undefined when the number has more than `MOST_DIGITS` digits.
   */
  static of(token: string): number | ExactNumber | undefined {
    const near = Number(token);
    if (isPlain(token)) return near;
    const exact = decimalOf(token);
    if (exact.digits === '') return near;
    if (exact.digits.length + Math.abs(exact.exponent) > MOST_DIGITS) return undefined;
    const isHeld = Number.isFinite(near) && isEqual(decimalOf(String(near)), exact);
    return isHeld ? near : new ExactNumber(textOf(exact));
  }

  toJSON(): string {
    return this.text;
  }

  toString(): string {
    return this.text;
  }
}

/** A double represents 15 digits exactly. */
function isPlain(token: string): boolean {
  return token.length < 16 && !/e/i.test(token);
}

/** `digits` times ten to the power of `exponent`; neither leading nor trailing zeros, no digits for zero. */
interface Decimal {
  readonly sign: string;
  readonly digits: string;
  readonly exponent: number;
}

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

function decimalOf(token: string): Decimal {
  const [, sign = '', whole = '', fraction = '', power = '0'] = PARTS.exec(token) ?? [];
  const all = whole + fraction;
  let from = 0;
  while (all[from] === '0') from += 1;
  let to = all.length;
  while (to > from && all[to - 1] === '0') to -= 1;
  return {
    sign,
    digits: all.slice(from, to),
    exponent: Number(power) - fraction.length + all.length - to,
  };
}

function isEqual(a: Decimal, b: Decimal): boolean {
  return a.sign === b.sign && a.digits === b.digits && a.exponent === b.exponent;
}

/** Longer runs of zeros are written as a power of ten. */
const MOST_ZEROS = 20;

function textOf({ sign, digits, exponent }: Decimal): string {
  const point = digits.length + exponent;
  if (exponent >= 0 && exponent <= MOST_ZEROS) return sign + digits + '0'.repeat(exponent);
  if (exponent < 0 && point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  if (point <= 0 && point > -MOST_ZEROS) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${rest}e${point - 1}`;
}
