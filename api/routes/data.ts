/** `GET /v1/data`: observations, latest or as known at an instant or a gate. */
import { z } from 'zod';
import { answerState } from '../../db/queries/answer-state.ts';
import { type Page, type Row, readRows } from '../../db/queries/rows.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { CONTENT_TYPES, formatOf, objectOf, WRITERS } from '../formats.ts';
import { isUnchanged, metaOf } from '../meta.ts';
import { notModified, problems, wrongField } from '../problem.ts';
import { FORMATS, type Meta, metaSchema, stamp, wholeNumber } from '../schemas.ts';
import { readSelection, rowSelection, selectionSchema } from '../selection.ts';
import { sendChunks } from '../send.ts';

const JSON_ROWS = 10_000;
const MOST_ROWS = 100_000;

const querystring = selectionSchema.extend({
  format: z.enum(FORMATS).optional().describe('default: by Accept, else json'),
  limit: wholeNumber(1, MOST_ROWS)
    .optional()
    .describe(`rows of a page; json: ${JSON_ROWS} when left out, the others: all rows`),
  after: z.string().max(1_000).optional().describe('where the page before ended; stands in "next"'),
});

const answer = z
  .object({
    meta: metaSchema,
    data: z.array(
      z.object({
        delivery_day: z.string().meta({ format: 'date' }),
        starts_at: stamp,
        series: z.string(),
        value: z.number().nullable(),
        known_at: stamp,
        payload_id: z.int(),
      }),
    ),
    next: z.string().nullable().describe('the next page; null at the end'),
  })
  .meta({ id: 'Observations' });

export function dataRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/data',
    {
      schema: {
        tags: ['data'],
        summary: 'Observations',
        description: 'The latest knowledge, or any past one, in order of start and series.',
        querystring,
        response: {
          200: { description: 'observations', content: { 'application/json': { schema: answer } } },
          ...notModified,
          ...problems(406, 422),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const selection = readSelection(deps, request, query);
      const format = formatOf(request, query.format);
      const page = {
        after: readAfter(query.after),
        limit: query.limit ?? (format === 'json' ? JSON_ROWS : null),
      };
      const state = await answerState(deps.database, selection.dataset.id, selection.days);
      const meta = metaOf(selection, state);
      if (isUnchanged(request, reply, meta, state, [format, selection.series, page]))
        return reply.code(304).send(null);
      const rows = readRows(deps.database, rowSelection(selection), format === 'json' ? more(page) : page);
      const type = CONTENT_TYPES[format];
      if (format === 'json') return await sendChunks(reply, type, jsonOf(rows, meta, page, request.url));
      const writer = WRITERS[format];
      if (!writer) throw wrongField('format', format, 'not written yet', 406);
      return await sendChunks(reply, type, writer(rows, meta));
    },
  );
}

/** JSON says where the next page begins, so it looks one row further. */
function more({ after, limit }: Page): Page {
  return { after, limit: limit === null ? null : limit + 1 };
}

async function* jsonOf(pages: AsyncIterable<Row[]>, meta: Meta, { limit }: Page, url: string) {
  let left = limit ?? Number.POSITIVE_INFINITY;
  let last: Row | undefined;
  let next: string | null = null;
  let before = `{"meta":${JSON.stringify(meta)},"data":[\n`;
  for await (const page of pages) {
    const taken = page.slice(0, left);
    left -= taken.length;
    last = taken.at(-1) ?? last;
    if (taken.length < page.length) next = nextUrl(url, meta, last);
    if (taken.length === 0) continue;
    yield before + taken.map(objectOf).join(',\n');
    before = ',\n';
  }
  yield `${before === ',\n' ? '' : before}\n],"next":${JSON.stringify(next)}}\n`;
}

/** The same question from the key on, with its as-of written out: pages of one answer fit together. */
function nextUrl(url: string, { as_of, gate }: Meta, last: Row | undefined): string | null {
  if (!last) return null;
  const [path, query = ''] = url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('after', Buffer.from(JSON.stringify([last[1], last[2]])).toString('base64url'));
  if (as_of !== null && gate === undefined) parameters.set('as_of', as_of);
  return `${path}?${parameters}`;
}

function readAfter(text: string | undefined): Page['after'] {
  if (text === undefined) return null;
  try {
    const [startsAt, series] = z
      .tuple([z.iso.datetime(), z.string()])
      .parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { startsAt, series };
  } catch {
    throw wrongField('after', text, 'take it from "next" of the page before, unchanged', 422);
  }
}
