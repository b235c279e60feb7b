/** A page of rows as JSON: meta data, rows, and the URL of the next page. */
import type { Cell, Cells } from '../../db/queries/answers/cells.ts';
import type { Chunks, Rows } from '../../db/read/formats/columns.ts';
import { objectWriter } from '../../db/read/formats/text.ts';
import type { Table } from '../../db/read/table.ts';
import type { Meta } from '../schemas.ts';
import { nextPage } from './paging.ts';

/** @param limit rows of the page; `pages` brings one row more when there is a next page. */
export async function* jsonPage(
  { columns, key, pages, meta }: Rows & Pick<Table, 'key'> & { readonly meta: Meta },
  limit: number | null,
  url: string,
): Chunks {
  const objectOf = objectWriter(columns);
  let left = limit ?? Number.POSITIVE_INFINITY;
  let last: Cells | undefined;
  let next: string | null = null;
  let before = `{"meta":${JSON.stringify(meta)},"data":[\n`;
  for await (const page of pages) {
    const taken = page.length > left ? page.slice(0, left) : page;
    left -= taken.length;
    last = taken.at(-1) ?? last;
    if (taken.length < page.length) next = nextUrl(url, meta, last, key);
    if (taken.length === 0) continue;
    yield before + taken.map(objectOf).join(',\n');
    before = ',\n';
  }
  yield `${before === ',\n' ? '' : before}\n],"next":${JSON.stringify(next)}}\n`;
}

/** The same query from a key on, with its as-of written out, so that all pages show one state of knowledge. */
function nextUrl(url: string, { as_of, pin }: Meta, last: Cells | undefined, key: Table['key']) {
  if (!last) return null;
  const after = Buffer.from(JSON.stringify(key.map((index) => last[index] as Cell))).toString('base64url');
  const isFixed = as_of === null || pin !== undefined || url.startsWith('/v1/versions');
  return nextPage(url, { after, ...(isFixed ? {} : { as_of }) });
}
