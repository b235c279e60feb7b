/** A small dataset of points that come in files, for tests. */
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { FiledPoints, PointFiles } from '../../domain/dataset/points.ts';
import { validRange } from '../../domain/interpret/checks.ts';

/** @param changes also of how its lines look. */
export function sampleFiles({
  onlySeries = 'value',
  form = {},
  ...changes
}: Partial<FiledPoints & PointFiles> = {}): FiledPoints {
  return defineDataset<FiledPoints>({
    shape: 'points',
    silence: 'keep',
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
    files: { onlySeries, form },
    checks: [validRange(-1_000_000, 1_000_000, 'Hz')],
    seriesAttributes: () => ({}),
    ...changes,
  });
}
