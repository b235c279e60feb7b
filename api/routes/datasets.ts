/** `GET /v1/datasets`: all datasets and their completeness. `GET /v1/datasets/{dataset}`: everything about one. */
import { z } from 'zod';
import { searchSeries } from '../../db/queries/catalog/series.ts';
import { type Dataset, isOfRecords, waysOf } from '../../domain/dataset/dataset.ts';
import { hasWords } from '../../domain/dataset/dataset-words.ts';
import { NEWEST } from '../../domain/dataset/facts.ts';
import { intervalSeconds, type PointDataset } from '../../domain/dataset/points.ts';
import { nextPage } from '../data/paging.ts';
import {
  type Completeness,
  catalogueQuery,
  completenessOf,
  completenessOfAll,
  completenessOfDataset,
  factParts,
  factsOf,
  modelParts,
  recordDatasetSchema,
  recordFacts,
} from '../dataset-facts.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { entryOf } from '../entry/entry.ts';
import { entryParts } from '../entry/schema.ts';
import { problems } from '../http/problem.ts';
import { visibleAll, visibleDataset, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, seriesName, stamp, wholeNumber, wire, words } from '../schemas.ts';

const datasetSchema = z
  .object({
    ...factParts,
    unit: z.string(),
    ...modelParts,
    shape: z.literal('points'),
    resolution_minutes: z.number().describe('of the present day; for files the finest possible'),
    resolution_seconds: z.int().describe('the same'),
    series: z.int(),
  })
  .meta({ id: 'Dataset' });

const anyDataset = z.discriminatedUnion('shape', [datasetSchema, recordDatasetSchema]);

export function datasetRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets',
    {
      schema: {
        tags: ['catalogue'],
        summary: 'Every dataset that you may see, and its completeness',
        querystring: catalogueQuery,
        response: { 200: z.object({ data: z.array(anyDataset) }), ...problems() },
      },
    },
    async (request) => {
      const completeness = await completenessOfAll(deps);
      const { search = '' } = request.query;
      const found = visibleAll(deps, request).filter((dataset) => hasWords(dataset, search));
      return { data: found.map((dataset) => anyFacts(dataset, completeness(dataset.id))) };
    },
  );
  addEntry(api, deps);
}

const entrySchema = datasetSchema.extend(entryParts).meta({ id: 'DatasetEntry' });
const anyEntry = z.discriminatedUnion('shape', [entrySchema, recordDatasetSchema]);

/** A valid Host header; anything else must not end up in a command that people copy. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i;

function addEntry(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/datasets/:dataset',
    {
      schema: {
        tags: ['catalogue'],
        summary: 'Everything about a dataset',
        description:
          'Facts; for points also calendar, schema, lineage, freshness, quality, and ready-to-run queries.',
        params: z.strictObject({ dataset: datasetId }),
        querystring: z.strictObject({}),
        response: { 200: anyEntry, ...problems() },
      },
    },
    async (request) => {
      const dataset = visibleOfAnyKind(deps, request, request.params.dataset);
      if (isOfRecords(dataset)) return recordFacts(dataset, await completenessOfDataset(deps, dataset.id));
      const host = HOST.test(request.host) ? request.host : 'localhost';
      const { overview, parts } = await entryOf(deps, dataset, `${request.protocol}://${host}`);
      const facts = datasetFacts(dataset, completenessOf(overview));
      return { ...facts, ...(parts as object) } as z.output<typeof entrySchema>;
    },
  );
}

function anyFacts(dataset: Dataset, completeness: Completeness): z.output<typeof anyDataset> {
  return isOfRecords(dataset) ? recordFacts(dataset, completeness) : datasetFacts(dataset, completeness);
}

/** The facts of the definition file, and the dataset's completeness. */
function datasetFacts(dataset: PointDataset, completeness: Completeness): z.output<typeof datasetSchema> {
  const seconds = intervalSeconds(dataset, NEWEST);
  return {
    ...factsOf(dataset),
    ...completeness,
    unit: dataset.unit,
    ...{ shape: 'points', ingestion: waysOf(dataset) },
    resolution_minutes: seconds / 60,
    resolution_seconds: seconds,
  };
}

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
