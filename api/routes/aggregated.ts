/** `GET /v1/data/aggregated`: observations per bucket of the calendar. */
import { z } from 'zod';
import type { Sql } from '../../db/connection/client.ts';
import { FUNCTIONS } from '../../db/queries/points/bucket-values.ts';
import { answerRows } from '../data/answer-rows.ts';
import {
  aboutBuckets,
  aggregated,
  bucketParameters,
  expectedBuckets,
  timeZone,
} from '../data/bucket-selection.ts';
import { pageParameters, readPaging } from '../data/paging.ts';
import { pointSelectionSchema, readPointSelection } from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { inEveryFormat } from '../formats/formats.ts';
import { notModified, problems } from '../http/problem.ts';
import { metaSchema, stamp } from '../schemas.ts';

const figure = z.number().nullable().optional();

const bucketRow = z.object({
  bucket: stamp.describe('its start'),
  ends_at: stamp,
  series: z.string(),
  ...(Object.fromEntries(FUNCTIONS.map((name) => [name, figure])) as Record<
    (typeof FUNCTIONS)[number],
    typeof figure
  >),
  points: z.int().describe('points that have a value'),
  expected: z.int().describe('points that it has when none is missing'),
});

const answer = z
  .object({
    meta: metaSchema,
    data: z.array(bucketRow),
    next: z.string().nullable().describe('the next page; null at the end'),
  })
  .meta({ id: 'Buckets' });

export function aggregatedRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/data/aggregated',
    {
      schema: {
        tags: ['data'],
        summary: 'Observations per bucket',
        description:
          'In order of bucket and series. Every series that has a point in the range has a row for every bucket: one without ' +
          'values has nulls. The first and the last bucket are cut to the range.',
        querystring: pointSelectionSchema.extend({
          ...bucketParameters,
          time_zone: timeZone.optional(),
          ...pageParameters,
        }),
        response: {
          200: { description: 'buckets', content: inEveryFormat(answer) },
          ...notModified,
          ...problems(406, 422),
        },
      },
    },
    async (request, reply) => {
      const selection = await readPointSelection(deps, request, request.query);
      const paging = readPaging(request, request.query);
      const tableOf = (sql: Sql) => aggregated(sql, selection, request.query);
      return await answerRows(deps, request, reply, {
        ...{ selection, tableOf, paging },
        about: () => aboutBuckets(selection, request.query),
        expectedRows: expectedBuckets(selection, request.query),
      });
    },
  );
}
