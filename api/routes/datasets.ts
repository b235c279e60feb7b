/** `GET /v1/datasets`: all datasets and their completeness. `GET /v1/datasets/{dataset}`: everything about one. */

import { z } from 'zod';
import { type Dataset, isOfRecords, waysOf } from '../../domain/dataset/dataset.ts';
import { hasWords } from '../../domain/dataset/dataset-words.ts';
import { NEWEST } from '../../domain/dataset/facts.ts';
import { intervalSeconds, type PointDataset } from '../../domain/dataset/points.ts';
import {
  type Completeness,
  catalogueQuery,
  completenessOf,
  completenessOfAll,
  completenessOfDataset,
  factParts,
  factsOf,
  modelParts,
} from '../dataset-facts.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { entryOf } from '../entry/entry.ts';
import { entryParts } from '../entry/schema.ts';
import { problems } from '../http/problem.ts';
import { visibleAll, visibleOfAnyKind } from '../limits/access.ts';
import { recordFacts } from '../records/record-facts.ts';
import { recordDatasetSchema } from '../records/record-schemas.ts';
import { datasetId } from '../schemas.ts';

export const datasetSchema = z
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
export function datasetFacts(
  dataset: PointDataset,
  completeness: Completeness,
): z.output<typeof datasetSchema> {
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
