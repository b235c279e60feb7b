/** Datasets of every way in which something comes, of one source. */
import { defineDataset } from '../../../../domain/dataset/dataset.ts';
import type { DerivedPoints } from '../../../../domain/dataset/derive.ts';
import { onGrid } from '../../../../domain/values/on-grid.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';
import { type SampleRecord, sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

/** In a zone whose days all have 24 hours. */
const SOURCE = { id: 'sample', title: 'Sample source', link: 'http://localhost/', timeZone: 'UTC' };
const PULLED = sampleDataset().source;
const source = { ...PULLED, timeZone: 'UTC' };
const request = ({ startMs, endMs }: { startMs: number; endMs: number }, { part = '' } = {}) => ({
  path: '/table',
  query: { from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString(), part },
  ...{ accept: 'application/json', maxBytes: 1_000_000, timeoutMs: 10_000 },
});
const pulled = (id: string, changes: Parameters<typeof sampleDataset>[0] = {}) =>
  sampleDataset({ id: `sample.${id}`, source, request, ...changes });

export const DAYS = pulled('days');
export const PARTS = pulled('parts', {
  parts: { of: () => ['p', 'q'] },
  expectedSeries: [{ from: '2022-01-01', count: 4 }],
});
export const BATCHES = pulled('batches', { batch: { maxHours: 48 } });
const { pull: _, ...FACTS } = DAYS;
export const DERIVED = defineDataset<DerivedPoints>({
  ...FACTS,
  id: 'sample.derived',
  expectedSeries: [{ from: '2022-01-01', count: 1 }],
  derive: {
    inputs: { days: { dataset: DAYS.id } },
    compute: ({ starts, endMs, inputs: { days } }) =>
      onGrid(days?.get('a'), starts, endMs).flatMap((value, n) =>
        value === undefined || value === null
          ? []
          : [{ series: 'twice', startsAtMs: starts[n] as number, value: 2 * value }],
      ),
  },
});
export const FILES = sampleFiles({ id: 'sample.files', source: SOURCE });
export const KEPT_A_WHILE = sampleFiles({ id: 'sample.kept-a-while', source: SOURCE, retentionDays: 30 });
const LINES = { isHeader: () => false, instantOf: () => undefined };
const person = {
  field: 'holder',
  of: (line: string) => (JSON.parse(line) as SampleRecord).body?.holder as string | undefined,
};
export const PEOPLE = sampleRecordDataset({
  ...{ id: 'sample.people', source: SOURCE },
  push: { lines: { ...LINES, person } },
});
export const THINGS = sampleRecordDataset({
  ...{ id: 'sample.things', source: SOURCE, versions: 'by-arrival' },
  ...{ push: { lines: LINES }, files: { lines: LINES } },
});

export const DATASETS = [DAYS, PARTS, BATCHES, DERIVED, FILES, KEPT_A_WHILE, PEOPLE, THINGS];
