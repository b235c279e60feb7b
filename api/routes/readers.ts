/** `GET /v1/datasets/{dataset}/readers`: who reads a dataset, and how often. */
import { z } from 'zod';
import { readsOf } from '../../db/queries/operation/read-counts.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
import { READS_KEPT_DAYS } from '../limits/read-counter.ts';
import { datasetId, wholeNumber, wire } from '../schemas.ts';

const answer = z
  .object({
    dataset: z.string(),
    days: z.int(),
    data: z.array(
      z.object({
        day: z.string().meta({ format: 'date' }).describe('of UTC'),
        key_id: z.string().nullable().describe('null: without a key; person:<subject>: by single sign-on'),
        name: z.string().describe('of the key; open: without a key'),
        reads: z.int().describe('answers with rows of the dataset, including 304 answers'),
      }),
    ),
  })
  .meta({ id: 'Readers' });

export function readerRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/readers',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['access'],
        summary: 'Who reads a dataset: reads by key and day, newest first',
        params: z.strictObject({ dataset: datasetId }),
        querystring: z.strictObject({
          days: wholeNumber(1, READS_KEPT_DAYS).default(30).describe('number of days up to today'),
        }),
        response: { 200: answer, ...problems(403) },
      },
    },
    async (request) => {
      const { id } = visibleOfAnyKind(deps, request, request.params.dataset);
      const { days } = request.query;
      // Includes what this process has counted but not written yet.
      await api.reads.write();
      const data = await readsOf(deps.database, id, days);
      return wire({ dataset: id, days, data }) as z.output<typeof answer>;
    },
  );
}
