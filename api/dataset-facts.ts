/** A dataset in lists, of either shape: its publisher and its completeness. */
import { z } from 'zod';
import { type DatasetOverview, datasetOverviews } from '../db/queries/catalog/overview.ts';
import { type Dataset, SHAPES, WAYS, waysOf } from '../domain/dataset/dataset.ts';
import type { RecordDataset } from '../domain/dataset/records.ts';
import type { ApiDependencies } from './dependencies.ts';
import { stamp, wire, words } from './schemas.ts';

const completenessParts = {
  first_day: z.string().nullable().describe('the first that has data'),
  last_day: z.string().nullable(),
  states: z.record(z.string(), z.int()).describe('days by state of the ledger'),
  open_findings: z.record(z.string(), z.int()).describe('by severity'),
  days_with_error: z.int().describe('days whose last attempt failed'),
  last_checked_at: stamp.nullable(),
  last_changed_at: stamp.nullable(),
  enabled: z
    .boolean()
    .describe(
      'false: it is dormant; nothing is requested, taken or expected of it, and what it has can be read',
    ),
  switched_at: stamp.nullable().describe('when it was enabled or disabled last; null: it never was enabled'),
  switched_by: z.string().nullable(),
};

const completeness = z.object({ series: z.int(), ...completenessParts });
export type Completeness = z.output<typeof completeness>;

/** Fields of a dataset's entry. */
export const factParts = {
  dataset: z.string(),
  source: z.string(),
  title: z.string(),
  description: z.string(),
  time_zone: z.string(),
  owner: z.string(),
  licence: z.string(),
  source_link: z.string(),
  access: z.enum(['open', 'restricted']),
  ...completenessParts,
};

/** Its shape, and how its data arrive. */
export const modelParts = {
  shape: z.enum(SHAPES).describe('points: time series of numbers · records: versioned objects with fields'),
  ingestion: z
    .array(z.enum(WAYS))
    .describe('pull: requested from its source by a schedule · files: loaded · push: sent to the API'),
};

/** Query parameters of lists of datasets. */
export const catalogueQuery = z.strictObject({
  search: words
    .optional()
    .describe(
      'words that must all occur in its names, title, description, unit, owner, licence, source or fields',
    ),
});

/** The facts in its definition file. */
export function factsOf({ id, source, title, description, owner, licence, link, access }: Dataset) {
  return {
    ...{ dataset: id, source: source.id, title, description, time_zone: source.timeZone },
    ...{ owner, licence, source_link: link, access },
  };
}

/** The completeness of a dataset that is not registered yet. */
const NOTHING: Completeness = {
  series: 0,
  first_day: null,
  last_day: null,
  states: {},
  open_findings: {},
  days_with_error: 0,
  last_checked_at: null,
  last_changed_at: null,
  enabled: false,
  switched_at: null,
  switched_by: null,
};

/** The completeness of one dataset. */
export async function completenessOfDataset(
  { database }: ApiDependencies,
  id: string,
): Promise<Completeness> {
  const [overview] = await datasetOverviews(database, id);
  return completenessOf(overview);
}

/** @returns a function that gives the completeness of a dataset by its id. */
export async function completenessOfAll({
  database,
}: ApiDependencies): Promise<(id: string) => Completeness> {
  const byId = new Map((await datasetOverviews(database)).map((overview) => [overview.dataset, overview]));
  return (id) => completenessOf(byId.get(id));
}

export function completenessOf(overview: DatasetOverview | undefined): Completeness {
  if (!overview) return NOTHING;
  const { dataset: _, title: __, ...stands } = overview;
  return wire(stands) as Completeness;
}

export const recordDatasetSchema = z
  .object({
    ...factParts,
    ...modelParts,
    shape: z.literal('records'),
    period: z.enum(['day', 'year']).describe('what is published, revised and rebuilt as one'),
    silence: z
      .enum(['withdraw', 'nothing'])
      .describe('withdraw: a record missing from an answer is withdrawn · nothing: missing records stay'),
    by_location: z.boolean().describe('"location" may be a filter'),
    fields: z.array(
      z.object({
        name: z.string(),
        type: z.enum(['text', 'number', 'boolean', 'date', 'instant']),
        description: z.string(),
        personal: z.boolean().describe('personal data: null without the grant'),
      }),
    ),
  })
  .meta({ id: 'RecordDataset' });

/** The facts of the definition file, and the dataset's completeness. */
export function recordFacts(
  dataset: RecordDataset,
  { series: _, ...completeness }: Completeness,
): z.output<typeof recordDatasetSchema> {
  const { shape, silence, period, fields, location } = dataset;
  return {
    ...factsOf(dataset),
    ...completeness,
    ...{ shape, ingestion: waysOf(dataset), silence, period },
    by_location: location !== undefined,
    fields: fields.map(({ name, type, description, personal = false }) => ({
      ...{ name, type, description, personal },
    })),
  };
}
