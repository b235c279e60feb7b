/** Datasets of ways in which something comes, of one source. */
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';
import { sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

/** In a zone whose days all have 24 hours. */
const SOURCE = { id: 'sample', title: 'Sample source', link: 'http://localhost/', timeZone: 'UTC' };
export const DAYS = sampleDataset({
  ...{ id: 'sample.days', source: { ...sampleDataset().source, timeZone: 'UTC' } },
});
export const FILES = sampleFiles({ id: 'sample.files', source: SOURCE });
const LINES = { isHeader: () => false, instantOf: () => undefined };
export const THINGS = sampleRecordDataset({
  ...{ id: 'sample.things', source: SOURCE, versions: 'by-arrival' },
  push: { lines: LINES },
});

export const DATASETS = [DAYS, FILES, THINGS];
