/** JSON values that are kept: as text, where equal values have equal texts, and everything that PostgreSQL's jsonb takes. */
import { storableText } from './decision.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The same text for equal values, whatever the order of their fields. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(storable(value));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join()}]`;
  const fields = value as { readonly [name: string]: Json };
  const names = Object.keys(fields).sort();
  return `{${names.map((name) => `${JSON.stringify(storable(name))}:${canonicalJson(fields[name] ?? null)}`).join()}}`;
}

/** Whether nothing lies deeper than so many objects and lists; hostile input may be nested without end. */
export function isShallow(value: Json, deepest: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return deepest > 0 && Object.values(value).every((each: Json) => isShallow(each, deepest - 1));
}

/** jsonb takes neither U+0000 nor half of a surrogate pair. */
function storable(text: string): string {
  return storableText(text).replace(HALF_PAIR, '\u{fffd}');
}

const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
