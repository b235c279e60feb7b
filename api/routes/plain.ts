/** `GET /data/{table}` and `GET /data/aggregated/{table}`: rows alone, for those who know the table and little else. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { relationNames } from '../../domain/relation-names.ts';
import { visibleDatasets } from '../access.ts';
import { answerRows, type Paging, type Table } from '../answer-rows.ts';
import { aggregated, bucketParameters } from '../bucket-selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, Problem, problems } from '../problem.ts';
import { bound, datasetId, wholeNumber } from '../schemas.ts';
import { readSelection, type Selection, selectionSchema } from '../selection.ts';
import { bucketRow } from './aggregated.ts';
import { observation, observations } from './data.ts';

const MOST_ROWS = 10_000_000;

const params = z.strictObject({
  table: datasetId
    .describe('the relation, with or without its schema, or the id of the dataset')
    .meta({ examples: ['max_exchanges', 'jao_core.max_exchanges', 'jao-core.max-exchanges'] }),
});

const querystring = z.strictObject({
  start_time: bound,
  end_time: bound,
  series: selectionSchema.shape.series,
  limit: wholeNumber(1, MOST_ROWS).optional().describe('default: all rows'),
});

type Query = z.output<typeof querystring>;

export function plainRoutes(api: Api, deps: ApiDependencies): void {
  const describe = (summary: string, row: z.ZodType) => ({
    tags: ['data'],
    summary,
    description:
      'The latest knowledge as a JSON array; what the rows are about stands in the headers Tidemark-*.',
    params,
    response: {
      200: { description: 'rows', content: { 'application/json': { schema: z.array(row) as z.ZodType } } },
      ...notModified,
      ...problems(422),
    },
  });
  const select = (request: FastifyRequest, { table }: z.output<typeof params>, query: Query) => {
    const { start_time: from, end_time: to, series } = query;
    const names = { from: 'start_time', to: 'end_time' };
    const dataset = datasetOfTable(deps, request, table);
    return readSelection(deps, request, { dataset, from, to, ...(series ? { series } : {}) }, names);
  };
  const answer = (
    table: (selection: Selection) => Table,
    selection: Selection,
    limit: number | undefined,
  ) => {
    const paging: Paging = { format: 'json', plain: true, page: { after: null, limit: limit ?? null } };
    return { selection, table: table(selection), paging };
  };
  api.get(
    '/data/:table',
    { schema: { ...describe('Rows of a table', observation), querystring } },
    async (request, reply) => {
      const { params, query } = request;
      const question = answer(observations, await select(request, params, query), query.limit);
      return await answerRows(deps, request, reply, question);
    },
  );
  api.get(
    '/data/aggregated/:table',
    {
      schema: {
        ...describe('Rows of a table per bucket', bucketRow),
        querystring: querystring.extend(bucketParameters),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const table = (selection: Selection) => aggregated(selection, query);
      const selection = await select(request, params, query);
      return await answerRows(deps, request, reply, answer(table, selection, query.limit));
    },
  );
}

/** @throws Problem 422 when two datasets that the caller may see have a table of that name. */
function datasetOfTable(deps: ApiDependencies, request: FastifyRequest, name: string): string {
  const found = visibleDatasets(deps, request).filter((dataset) => {
    const { schema, table } = relationNames(dataset.id);
    return [dataset.id, table, `${schema}.${table}`].includes(name);
  });
  const ids = found.map(({ id }) => id);
  if (ids.length > 1) {
    const cure = `it is a table of ${ids.join(' and ')}; write one of these`;
    throw new Problem(422, `"table" is "${name}": ${cure}`, {
      faults: [{ field: 'table', value: name, cure }],
    });
  }
  return ids[0] ?? name;
}
