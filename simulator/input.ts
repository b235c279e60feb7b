// Reads what people type: flags, fault parameters and control bodies, as text or as JSON values. Every complaint is one sentence that names
// the field, the value and what it must be.

/** A value that cannot be used; the message is a sentence for the person who wrote it. */
export class InputError extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.name = 'InputError';
    this.field = field;
  }
}

/** The complaint about one value: which field, what it is, and what it must be. */
export function wrong(field: string, raw: unknown, mustBe: string): InputError {
  const is = raw === undefined ? 'is missing; it must be' : `is ${JSON.stringify(raw)} but must be`;
  return new InputError(field, `${field} ${is} ${mustBe}.`);
}

/** Turns a raw value into a T or throws an InputError for the field. */
export type Reader<T> = (field: string, raw: unknown) => T;

const INSTANT = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
// Other years are slips, and some are out of the range of Date.
const DAY = /^(19|20|21)\d{2}-\d{2}-\d{2}$/;

/** A number within bounds, both included. */
export function numberBetween(least: number, most: number): Reader<number> {
  return (field, raw) => {
    const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    throw wrong(field, raw, `a number from ${least} to ${most}`);
  };
}

/** A whole number within bounds, both included. */
export function integerBetween(least: number, most: number): Reader<number> {
  return (field, raw) => {
    const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    throw wrong(field, raw, `a whole number from ${least} to ${most}`);
  };
}

/** One of a few words. */
export function oneOf<T extends string>(...words: T[]): Reader<T> {
  return (field, raw) => {
    const found = words.find((word) => word === raw);
    if (found !== undefined) return found;
    throw wrong(field, raw, `one of ${words.join(', ')}`);
  };
}

/** A text that matches a pattern. */
export function textLike(pattern: RegExp, mustBe: string): Reader<string> {
  return (field, raw) => {
    if (typeof raw === 'string' && pattern.test(raw)) return raw;
    throw wrong(field, raw, mustBe);
  };
}

/** A list of whole numbers: a JSON array, or text with + between, as in 3+4. */
export function integersBetween(least: number, most: number): Reader<number[]> {
  const read = integerBetween(least, most);
  return (field, raw) => {
    const items = typeof raw === 'string' ? raw.split('+') : Array.isArray(raw) ? raw : [raw];
    if (items.length > 0) return items.map((item) => read(field, item));
    throw wrong(field, raw, 'a list that is not empty');
  };
}

/** An ISO 8601 instant, in UTC if it has no offset. Returns UTC milliseconds. */
export function instantMs(field: string, raw: unknown): number {
  const parsedMs = typeof raw === 'string' ? parseInstantMs(raw) : undefined;
  if (parsedMs !== undefined) return parsedMs;
  throw wrong(field, raw, 'an instant such as 2026-04-20T00:00:00Z');
}

/** An ISO 8601 instant, returned as the same text. */
export function instantText(field: string, raw: unknown): string {
  instantMs(field, raw);
  return String(raw);
}

/** The instant of a text in UTC milliseconds, undefined when it is not one. */
export function parseInstantMs(text: string): number | undefined {
  const match = INSTANT.exec(text);
  const day = match?.[1];
  if (!match || !day || !isDay(day)) return undefined;
  const zoned = match[2] && !match[5] ? `${text}Z` : text;
  const parsedMs = Date.parse(zoned);
  return Number.isNaN(parsedMs) ? undefined : parsedMs;
}

/** A calendar day, YYYY-MM-DD. */
export function calendarDay(field: string, raw: unknown): string {
  if (typeof raw === 'string' && isDay(raw)) return raw;
  throw wrong(field, raw, 'a calendar day such as 2026-04-20');
}

function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}
