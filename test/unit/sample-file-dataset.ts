/** A small dataset of kind `files` for tests. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { FiledPoints } from '../../domain/dataset/points.ts';

export function sampleFiles(changes: Partial<FiledPoints> = {}): FiledPoints {
  return defineDataset({
    id: 'measured.values',
    source: {
      id: 'measured',
      title: 'Measured source',
      link: 'http://localhost/',
      timeZone: 'Europe/Zurich',
    },
    title: 'Measured values',
    description: 'A few series of whatever resolution.',
    unit: 'Hz',
    owner: 'nobody',
    licence: 'none',
    link: 'http://localhost/values',
    access: 'open',
    retentionDays: null,
    firstDay: '2020-01-01',
    chunkDays: 7,
    decoderVersion: 1,
    finestSeconds: 1,
    onlySeries: 'value',
    form: {},
    plausible: { range: [-1_000_000, 1_000_000], step: 1_000_000 },
    seriesAttributes: () => ({}),
    ...changes,
  });
}
