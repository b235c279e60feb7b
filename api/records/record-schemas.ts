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
      .describe(
        'withdraw: what an answer does not have is no more · nothing: an answer brings what it brings',
      ),
    by_location: z.boolean().describe('"location" may be a filter'),
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
