/** `GET /v1/datasets/{dataset}/series`: the series of a dataset, by name or by the attributes in their names. */
import { z } from 'zod';
import { searchSeries } from '../../db/queries/catalog/series.ts';
import { nextPage } from '../data/paging.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleDataset } from '../limits/access.ts';
import { datasetId, seriesName, stamp, wholeNumber, wire, words } from '../schemas.ts';

const SERIES_OF_A_PAGE = 200;
const MOST_SERIES = 1_000;

const querystring = z.strictObject({
  search: words
    .optional()
    .describe(
      'words that must occur in the name or an attribute, case-insensitively; short ones (DE) at the start of a part',
    )
    .meta({ examples: ['DE FR'] }),
  after: seriesName.optional().describe('the last series of the page before; stands in "next"'),
  limit: wholeNumber(1, MOST_SERIES).optional().describe(`series of a page; default ${SERIES_OF_A_PAGE}`),
});

const answer = z
  .object({
    data: z.array(
      z.object({
        series: z.string(),
        attributes: z.record(z.string(), z.string()).describe('attributes derived from the name'),
        first_payload_id: z.int().describe('the payload that first brought it'),
        first_seen_at: stamp.nullable(),
        first_day: z.string().nullable().describe('first day with a point; null: all were quarantined'),
        last_day: z.string().nullable(),
      }),
    ),
    next: z.string().nullable().describe('the next page; null at the end'),
  })
  .meta({ id: 'SeriesPage' });

export function seriesRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset/series',
    {
      schema: {
        tags: ['catalogue'],
        summary: 'Series of a dataset, by name',
        params: z.strictObject({ dataset: datasetId }),
        querystring,
        response: { 200: answer, ...problems() },
      },
    },
    async (request) => {
      const { id } = visibleDataset(deps, request, request.params.dataset);
      const { search = '', after = null, limit = SERIES_OF_A_PAGE } = request.query;
      const wanted = search.split(/\s+/).filter((word) => word !== '');
      const found = await searchSeries(deps.database, id, { words: wanted, after, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const next = found.length > limit && last ? { after: last.series } : null;
      // Attributes keep their own names: only our fields are converted to SQL style.
      const data = page.map(({ attributes, ...row }) => ({ ...(wire(row) as object), attributes }));
      return { data, next: nextPage(request.url, next) } as z.output<typeof answer>;
    },
  );
}
