/** What the catalogue says of a dataset of records. */
import { z } from 'zod';
import { factParts, modelParts } from '../dataset-facts.ts';

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
