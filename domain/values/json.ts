/** Stored JSON values: as text, where equal values have equal texts, and valid in PostgreSQL's jsonb. */
import { storableText } from '../interpret/decision.ts';
import { ExactNumber } from './exact-number.ts';

export type Json =
  | null
  | boolean
  | number
  | ExactNumber
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** The same text for equal values, whatever the order of their fields. */
export function canonicalJson(value: Json): string {
  const text = write(value, asIs);
  // Searched for once, in the whole text: it is very rare.
  return ESCAPED.test(text) ? write(value, storable) : text;
}

function write(value: Json, of: (text: string) => string): string {
  if (typeof value === 'string') return JSON.stringify(of(value));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map((each) => write(each, of)).join()}]`;
  const fields = value as { readonly [name: string]: Json };
  let text = '';
  for (const name of Object.keys(fields).sort())
    text += `${text === '' ? '' : ','}${JSON.stringify(of(name))}:${write(fields[name] ?? null, of)}`;
  return `{${text}}`;
}

/** How JSON writes what jsonb does not accept. */
const ESCAPED = /\\u(0000|d[89a-f])/;
const asIs = (text: string) => text;

/** Whether a value is nested no deeper than this; hostile input may be nested very deeply. */
export function isShallow(value: Json, deepest: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return true;
  if (deepest === 0) return false;
  for (const each of Object.values(value) as Json[])
    if (typeof each === 'object' && each !== null && !isShallow(each, deepest - 1)) return false;
  return true;
}

/** jsonb accepts neither U+0000 nor half of a surrogate pair. */
function storable(text: string): string {
  return storableText(text).replace(HALF_PAIR, '\u{fffd}');
}

const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
