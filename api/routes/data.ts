/** `GET /v1/data`: rows of a dataset of either shape, latest or as known at an instant or a gate. `/v1/versions`: all versions. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { standsIn } from '../../db/queries/records/fallback.ts';
import { expectedRows } from '../../db/read/question.ts';
import { tableOf } from '../../db/read/table.ts';
import { answerFromSnapshot, answerRows } from '../data/answer-rows.ts';
import { type PageQuery, pageOf, pageParameters, readPaging } from '../data/paging.ts';
import { pinnedQuestion, visiblePin } from '../data/pin.ts';
import { rowsAnswer } from '../data/row-schemas.ts';
import { readSelection, type SelectionQuery, selectionSchema } from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { inEveryFormat } from '../formats/formats.ts';
import { notModified, problems } from '../http/problem.ts';
import { pinId, unanswerable } from '../schemas.ts';

/** Either a query, or a pin that stands for one. */
const querystring = selectionSchema
  .partial({ dataset: true })
  .extend({ pin: pinId.optional(), ...pageParameters })
  .superRefine((query, context) => {
    const add = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message, ...unanswerable });
    if (query.pin === undefined) {
      if (query.dataset === undefined) add('dataset', 'write it, or a pin');
      return;
    }
    for (const name of Object.keys(selectionSchema.shape) as (keyof SelectionQuery)[])
      if (query[name] !== undefined) add(name, 'leave it out: the pin says it');
  });

export function dataRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/data',
    {
      schema: {
        tags: ['data'],
        summary: 'Points or records of a dataset',
        description:
          'The latest state of knowledge, or any past one. Points are in order of start and series, records in order of start and key.',
        querystring,
        response: {
          200: { description: 'rows', content: inEveryFormat(rowsAnswer) },
          ...notModified,
          ...problems(406, 409, 422),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      if (query.pin !== undefined) return await answerPin(deps, request, reply, query.pin);
      const selection = await readSelection(deps, request, query as SelectionQuery);
      return await answerRows(deps, request, reply, {
        ...{ selection, paging: readPaging(request, query), expectedRows: expectedRows(selection) },
        tableOf: () => tableOf(selection),
        about: async (sql) => (selection.areas ? { fallback: await standsIn(sql, selection) } : {}),
      });
    },
  );
}

/** The same bytes permanently, or 409; nothing in them depends on the present. */
async function answerPin(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const paging = readPaging(request, request.query as PageQuery);
  const rows = paging.limit ?? Number.POSITIVE_INFINITY;
  return await answerFromSnapshot(deps, request, reply, { paging, rows }, async (snapshot) => {
    const pin = await visiblePin(deps, request, snapshot, id);
    const { question, chunkMs, meta } = await pinnedQuestion(deps, request, snapshot, pin);
    const table = tableOf(question, chunkMs);
    const pages = table.read(snapshot, pageOf(paging, table));
    return { meta, table, pages, state: { fingerprint: id }, question: [paging, question.personal] };
  });
}
