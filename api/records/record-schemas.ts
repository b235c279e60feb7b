/** What answers about records look like. */
import { z } from 'zod';
import { factParts, modelParts } from '../dataset-facts.ts';
import { stamp } from '../schemas.ts';

export const recordDatasetSchema = z
  .object({
    ...factParts,
    ...modelParts,
    shape: z.literal('records'),
    period: z.enum(['day', 'year']).describe('what is published, revised and rebuilt as one'),
    silence: z
      .enum(['withdraw', 'nothing'])
      .describe(
        'withdraw: what an answer does not have is no more · nothing: an answer brings what it brings',
      ),
    by_location: z.boolean().describe('"location" may be asked for'),
    fields: z.array(
      z.object({
        name: z.string(),
        type: z.enum(['text', 'number', 'boolean', 'date', 'instant']),
        description: z.string(),
        personal: z.boolean().describe('tells of a person: null without the grant'),
      }),
    ),
  })
  .meta({ id: 'RecordDataset' });

export const locationFacts = {
  id: z.string().describe('a UUID'),
  name: z.string(),
  country: z.string().describe('ISO 3166-1'),
  subdivision: z.string().nullable().describe('ISO 3166-2; null: the whole country'),
  active: z.boolean().describe('false: removed'),
};

export const recordsMeta = z
  .object({
    dataset: z.string(),
    time_zone: z.string(),
    from: stamp.nullable(),
    to: stamp.nullable(),
    as_of: stamp.nullable().describe('nothing that became known later is in the answer'),
    latest: z.boolean().describe('no as-of was asked for'),
    location: z.object(locationFacts).optional().describe('the one asked for, as it was known then'),
    fallback: z
      .boolean()
      .optional()
      .describe('with a location: the source does not know its area, and what it lies in stands for it'),
    simulated: z.boolean().describe('this database holds data of the bundled simulator'),
  })
  .meta({ id: 'RecordsMeta' });

export type RecordsMeta = z.output<typeof recordsMeta>;

const common = {
  key: z.string(),
  starts_at: stamp,
  delivery_day: z.string().meta({ format: 'date' }).describe('the day or year it is kept with'),
  version: z.number().describe("the source's, or counted from 1 where it has none"),
  revision: z.int().describe('how many versions there were before'),
  is_current: z.boolean().describe('whether it was what was known at the instant that the answer stands for'),
  payload_id: z.int(),
  body: z.record(z.string(), z.unknown()).nullable().describe('everything that the source said of it'),
};
const rest = z.unknown().describe('the fields of the dataset');

export const recordsAnswer = z
  .object({
    meta: recordsMeta,
    data: z.array(z.object({ ...common, known_at: stamp }).catchall(rest)),
    next: z.string().nullable().describe('the next page; null at the end'),
  })
  .meta({ id: 'Records' });

export const recordVersionsAnswer = z
  .object({
    dataset: z.string(),
    key: z.string(),
    data: z.array(
      z
        .object({
          ...common,
          known_from: stamp,
          known_to: stamp.nullable().describe('when it was replaced or withdrawn; null while it is current'),
        })
        .catchall(rest),
    ),
  })
  .meta({ id: 'RecordVersions' });

export const recordsContent = {
  'application/json': { schema: recordsAnswer },
  'application/x-ndjson': { schema: z.string().describe('an object a line; "Link" has the next page') },
  'text/csv': {
    schema: z.string().describe('with a head; a null is an empty field; "Link" has the next page'),
  },
};
