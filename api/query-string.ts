/** Query strings: what may be repeated is always a list, anything else given twice is a list that its schema refuses. */
import { parse } from 'node:querystring';
import { REPEATABLE, WITH_COMMAS } from './selection.ts';

export function readQuery(text: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parse(text)).map(([name, value]) => [
      name,
      REPEATABLE.has(name) ? listOf(name, value) : value,
    ]),
  );
}

function listOf(name: string, value: string | string[] | undefined): string[] {
  const list = [value ?? ''].flat();
  return WITH_COMMAS.has(name) ? list.flatMap((each) => each.split(',')) : list;
}
