/** `GET /v1/data`: observations, latest or as known at an instant or a gate. */
import { z } from 'zod';
import { readRows } from '../../db/queries/rows.ts';
import { answerRows, pageParameters, readPaging, type Table } from '../answer-rows.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, problems } from '../problem.ts';
import { metaSchema, stamp } from '../schemas.ts';
import { readSelection, rowSelection, type Selection, selectionSchema } from '../selection.ts';

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

export function observations(selection: Selection): Table {
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
    read: (sql, page) => readRows(sql, rowSelection(selection), page),
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
        querystring: selectionSchema.extend(pageParameters),
        response: {
          200: { description: 'observations', content: { 'application/json': { schema: answer } } },
          ...notModified,
          ...problems(406, 422),
        },
      },
    },
    async (request, reply) => {
      const selection = readSelection(deps, request, request.query);
      const paging = readPaging(request, request.query);
      return await answerRows(deps, request, reply, { selection, table: observations(selection), paging });
    },
  );
}
