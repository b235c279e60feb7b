/** What the catalogue says of a dataset of records. */
import type { z } from 'zod';
import { waysOf } from '../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { type Completeness, factsOf } from '../dataset-facts.ts';
import type { recordDatasetSchema } from './record-schemas.ts';

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
