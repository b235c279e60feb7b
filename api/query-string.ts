/** Query strings: what may be repeated is always a list, anything else given twice is a list that its schema refuses. */
import { parse } from 'node:querystring';
import { REPEATABLE } from './selection.ts';

export function readQuery(text: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parse(text)).map(([name, value]) => [
      name,
      REPEATABLE.has(name) && typeof value === 'string' ? [value] : value,
    ]),
  );
}
