/**
 * Reads JSON that people type, field by field: a wrong field is refused with its name, its value and the hint, all faults at
 * once; an unknown field is refused too, because it is usually a misspelt one.
 */
import { isCivilDay } from '../time/civil-day.ts';
import { Failure } from './failures.ts';

const INSTANT_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export interface Field {
  readonly required: boolean;
  readonly hint: string;
  accepts(value: unknown): boolean;
}

export const DATASET: Field = {
  required: true,
  hint: 'write the id of a dataset, such as "jao-core.max-exchanges"',
  accepts: (value) => typeof value === 'string' && value.length > 0 && value.length <= 200,
};
export const DAY: Field = {
  required: true,
  hint: 'write an existing date as YYYY-MM-DD',
  accepts: isCivilDay,
};
export const TEXT: Field = {
  required: false,
  hint: 'write a text',
  accepts: (value) => typeof value === 'string',
};
export const WORDS: Field = {
  required: false,
  hint: 'write a text that is not empty',
  accepts: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 2_000,
};
export const IDS: Field = {
  required: false,
  hint: 'write a list of ids, such as [12, 13]',
  accepts: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id > 0),
};
/** Ids by name. */
export const NAMED_IDS: Field = {
  required: false,
  hint: 'write ids by name, such as {"DE_LU": 12}',
  accepts: (value) =>
    isObject(value) && Object.values(value).every((id) => Number.isInteger(id) && (id as number) > 0),
};
export const FLAG: Field = {
  required: false,
  hint: 'write true or false',
  accepts: (value) => typeof value === 'boolean',
};

/** An instant with its zone: people in other zones read the same line. */
export const INSTANT: Field = {
  required: false,
  hint: 'write an instant with its zone, such as "2026-11-20T10:30:00Z"',
  accepts: isInstant,
};

/** A non-empty list of such values. */
export function listOf(field: Field): Field {
  return {
    required: false,
    hint: `in a list, ${field.hint}`,
    accepts: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((each) => field.accepts(each)),
  };
}

export function inOrder<T extends { readonly from: string; readonly to: string }>(
  workflow: string,
  range: T,
): T {
  if (range.from <= range.to) return range;
  throw new Failure(
    'BAD_INPUT',
    `${workflow}: "from" (${range.from}) is after "to" (${range.to}); swap them`,
  );
}

export function oneOf(values: readonly string[]): Field {
  return {
    required: false,
    hint: `write ${values.map((value) => `"${value}"`).join(' or ')}`,
    accepts: (value) => values.some((known) => known === value),
  };
}

export function wholeNumber(min: number, max: number): Field {
  return {
    required: false,
    hint: `write a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  };
}

export function read<T>(workflow: string, input: unknown, fields: Record<string, Field>, example: string): T {
  if (!isObject(input)) {
    throw new Failure(
      'BAD_INPUT',
      `${workflow}: the input is ${show(input)}; ${objectCure(input)} one JSON object, such as ${example}`,
    );
  }
  const given = input;
  const faults = [
    ...Object.keys(given)
      .filter((name) => !Object.hasOwn(fields, name))
      .map((name) => `"${name}" is not a field; the fields are ${Object.keys(fields).join(', ')}`),
    ...Object.entries(fields).flatMap(([name, field]) => faultsOf(name, given[name], field)),
  ];
  if (faults.length > 0)
    throw new Failure('BAD_INPUT', `${workflow}: ${faults.join('; ')}. Example: ${example}`);
  // Web forms send null for an empty field.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON that was encoded twice looks right to its author. */
function objectCure(input: unknown): string {
  const quoted = typeof input === 'string' && /^\s*\{[\s\S]*\}\s*$/.test(input);
  return quoted
    ? 'that is a text: leave out the quotes around it and the backslashes in it, and write'
    : 'write';
}

function faultsOf(name: string, value: unknown, field: Field): string[] {
  if (value === undefined || value === null)
    return field.required ? [`"${name}" is missing: ${field.hint}`] : [];
  return field.accepts(value) ? [] : [`"${name}" is ${show(value)}: ${field.hint}`];
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** True for an existing instant with its offset. */
export function isInstant(text: unknown): text is string {
  if (typeof text !== 'string' || !INSTANT_PATTERN.test(text)) return false;
  // Date.parse takes the 30th of February for the 2nd of March.
  return isCivilDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}
