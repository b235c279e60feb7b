/** `GET /v1/data`: observations, latest or as known at an instant or a gate. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readRows } from '../../db/queries/points/rows.ts';
import {
  answerFromSnapshot,
  answerRows,
  type PageQuery,
  pageParameters,
  readPaging,
  type Table,
} from '../data/answer-rows.ts';
import { pinnedQuestion, visiblePin } from '../data/pin.ts';
import {
  expectedRows,
  readSelection,
  rowSelection,
  type Selection,
  type SelectionQuery,
  selectionSchema,
} from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { inEveryFormat } from '../formats/formats.ts';
import { notModified, problems } from '../http/problem.ts';
import { metaSchema, pinId, stamp, unanswerable } from '../schemas.ts';

export const observation = z.object({
  delivery_day: z.string().meta({ format: 'date' }),
  starts_at: stamp,
  series: z.string(),
  value: z.number().nullable(),
  known_at: stamp,
  payload_id: z.int(),
});

const answer = z
  .object({
    meta: metaSchema,
    data: z.array(observation),
    next: z.string().nullable().describe('the next page; null at the end'),
  })
  .meta({ id: 'Observations' });

/** Either a question, or a pin that has one. */
const querystring = selectionSchema
  .partial({ dataset: true, from: true, to: true })
  .extend({ pin: pinId.optional(), ...pageParameters })
  .superRefine((query, context) => {
    const asked = (['dataset', 'from', 'to', 'series', 'as_of', 'gate'] as const).filter(
      (name) => query[name] !== undefined,
    );
    const add = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message, ...unanswerable });
    if (query.pin === undefined) {
      const missing = (['dataset', 'from', 'to'] as const).filter((name) => query[name] === undefined);
      for (const name of missing) add(name, 'write it, or a pin');
    } else for (const name of asked) add(name, 'leave it out: the pin says it');
  });

export function observations(selection: Selection, stretchMs?: number): Table {
  const rows = { ...rowSelection(selection), ...(stretchMs === undefined ? {} : { stretchMs }) };
  return {
    columns: [
      { name: 'delivery_day', kind: 'day' },
      { name: 'starts_at', kind: 'instant' },
      { name: 'series', kind: 'series' },
      { name: 'value', kind: 'number' },
      { name: 'known_at', kind: 'instant' },
      { name: 'payload_id', kind: 'integer' },
    ],
    key: [1, 2],
    read: (sql, page) => readRows(sql, rows, page),
  };
}

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
          200: { description: 'observations', content: inEveryFormat(answer) },
          ...notModified,
          ...problems(406, 409, 422),
        },
      },
    },
    async (request, reply) => {
      if (request.query.pin !== undefined) return await answerPin(deps, request, reply, request.query.pin);
      const selection = await readSelection(deps, request, request.query as SelectionQuery);
      const paging = readPaging(request, request.query);
      const tableOf = () => observations(selection);
      const question = { selection, tableOf, expectedRows: expectedRows(selection), paging };
      return await answerRows(deps, request, reply, question);
    },
  );
}

/** The same bytes for ever, or 409: nothing in them is of now. */
async function answerPin(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const paging = readPaging(request, request.query as PageQuery);
  const rows = paging.page.limit ?? Number.POSITIVE_INFINITY;
  return await answerFromSnapshot(deps, request, reply, { paging, rows }, async (snapshot) => {
    const pin = await visiblePin(deps, request, snapshot, id);
    const { selection, stretchMs, meta } = await pinnedQuestion(deps, snapshot, pin);
    const table = observations(selection, stretchMs);
    return { meta, table, state: { fingerprint: id }, question: paging };
  });
}
