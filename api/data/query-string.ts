/** Query strings: a repeatable parameter is always a list; any other one given twice becomes a list, which its schema refuses. */
import { parse } from 'node:querystring';
import { REPEATABLE, WITH_COMMAS } from './selection.ts';

export function readQuery(text: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parse(text)).map(([name, value]) => [
      name,
      REPEATABLE.has(name) ? listOf(name, value) : withPlus(value),
    ]),
  );
}

/** Restores the plus of `10:00:00+01:00` and `D+1T12:00`: in a query string an unescaped plus arrives as a blank. */
function withPlus(value: string | string[] | undefined): typeof value {
  if (typeof value !== 'string') return value;
  return value.replace(/^(D|\d{4}-\d\d-\d\dT[\d:.]+) (?=\d)/, '$1+');
}

function listOf(name: string, value: string | string[] | undefined): string[] {
  const list = [value ?? ''].flat();
  return WITH_COMMAS.has(name) ? list.flatMap((each) => each.split(',')) : list;
}
