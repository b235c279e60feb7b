/** What a field of a line may contain, and what of it is kept. CSV cells are texts: a number may come as one. Pure. */
import { ExactNumber } from '../../domain/values/exact-number.ts';
import type { Json } from '../../domain/values/json.ts';

export type Fields = { readonly [name: string]: Json };

/** Fields being assembled. */
export interface Draft {
  [name: string]: Json;
}

/** Any name may be sent, `__proto__` too. */
export function setField(draft: Draft, name: string, value: Json): void {
  if (name !== '__proto__') draft[name] = value;
  else Object.defineProperty(draft, name, { value, enumerable: true, writable: true, configurable: true });
}

export interface Field {
  readonly name: string;
  readonly required: boolean;
  /** The value as it is kept, or what is wrong with it. */
  read(value: Json): { readonly kept: Json } | { readonly fault: string };
}

export const kept = (value: Json) => ({ kept: value });

export function text(name: string, { required = true } = {}): Field {
  return {
    ...{ name, required },
    read: (value) => (typeof value === 'string' && value !== '' ? kept(value) : { fault: 'is no text' }),
  };
}

/** An id is a text; one that was sent as a number is its digits. */
export function id(name: string): Field {
  return {
    ...{ name, required: true },
    read: (value) => {
      const read = idOf(value);
      return read === undefined ? { fault: 'is no id: send a text' } : kept(read);
    },
  };
}

/** An amount of money. */
export function amount(name: string, { required = true } = {}): Field {
  return {
    ...{ name, required },
    read: (value) => {
      const number = numberOf(value);
      if (typeof number === 'number' && number >= 0) return kept(number);
      return { fault: number instanceof ExactNumber ? TOO_EXACT : 'is no number from 0 on, such as 29.99' };
    },
  };
}

const TOO_EXACT = 'has more digits than an amount has: round it to 15';

/** The id that a value represents; undefined when it is none. */
export function idOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || value instanceof ExactNumber ? `${value}` : undefined;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** The number that a value represents, even as a text; undefined when it is none. */
export function numberOf(value: Json | undefined): number | ExactNumber | undefined {
  if (typeof value === 'number' || value instanceof ExactNumber) return value;
  return typeof value === 'string' && DECIMAL.test(value) ? ExactNumber.of(value) : undefined;
}

/**
 * The kept values of fields by their schema; unknown ones stay as they are.
 * @param apart fields that are not part of the body.
 */
export function readFields(
  schema: readonly Field[],
  fields: Fields,
  apart: ReadonlySet<string>,
): { readonly body: Fields } | { readonly fault: string } {
  const body: Draft = {};
  // V8 makes slow objects of a rest pattern.
  for (const name of Object.keys(fields)) if (!apart.has(name)) setField(body, name, fields[name] ?? null);
  for (const { name, required, read } of schema) {
    const value = fields[name];
    if (value === undefined || value === null) {
      if (required) return { fault: `"${name}" is missing` };
      continue;
    }
    const made = read(value);
    if ('fault' in made) return { fault: `"${name}" ${made.fault}` };
    body[name] = made.kept;
  }
  return { body };
}
