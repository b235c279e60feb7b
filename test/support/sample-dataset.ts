/** A small dataset for tests: four-hour-long days would lie, so it keeps the real calendar but few series. */

import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { PointPull } from '../../domain/dataset/pull.ts';
import type { Check } from '../../domain/interpret/checks.ts';

/** A body of the sample dataset: `[[series, ISO start, value], …]`. */
export type SampleRow = readonly [series: string, startsAt: string, value: number | null];

export function sampleBody(rows: readonly SampleRow[]): Buffer {
  return Buffer.from(JSON.stringify(rows));
}

const PULL: PointPull = {
  publication: {
    opens: { day: -1, time: '09:00' },
    expected: { day: -1, time: '10:30' },
    deadline: { day: -1, time: '11:00' },
  },
  polling: {
    tickMinutes: 5,
    waiting: [
      { from: { day: -1, time: '09:00' }, everyMinutes: 10 },
      { from: { day: -1, time: '10:00' }, everyMinutes: 3 },
      { from: { day: -1, time: '11:30' }, everyMinutes: 30 },
    ],
    revisions: [
      { untilHours: 24, everyMinutes: 60 },
      { untilHours: 240, everyMinutes: 720 },
    ],
  },
  request: ({ startMs, endMs }) => ({
    path: '/table',
    query: { from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString() },
    accept: 'application/json',
    maxBytes: 1_000_000,
    timeoutMs: 10_000,
  }),
  decode: (body) => ({
    points: (JSON.parse(Buffer.from(body).toString()) as SampleRow[]).map(
      ([series, startsAt, value], row) => ({
        series,
        startsAtMs: Date.parse(startsAt),
        value,
        place: `[${row}]`,
      }),
    ),
    findings: [],
  }),
};

/** @param changes also of how its days are requested. */
export function sampleDataset(
  {
    publication,
    polling,
    batch,
    parts,
    notPublished,
    request,
    decode,
    ...changes
  }: Partial<PulledPoints & PointPull> = {},
  checks: readonly Check[] = [],
): PulledPoints {
  const pull = { publication, polling, batch, parts, notPublished, request, decode };
  return defineDataset<PulledPoints>({
    shape: 'points',
    silence: 'keep',
    id: 'sample.table',
    source: {
      id: 'sample',
      title: 'Sample source',
      link: 'http://localhost/',
      timeZone: 'Europe/Amsterdam',
      baseUrl: { setting: 'SAMPLE_BASE_URL', default: 'http://localhost' },
      quota: { requests: 100, windowMs: 60_000, reservedForLive: 10 },
    },
    title: 'Sample table',
    description: 'Two series an hour.',
    unit: 'MW',
    owner: 'nobody',
    licence: 'none',
    link: 'http://localhost/table',
    access: 'open',
    retentionDays: null,
    firstDay: '2022-01-01',
    chunkDays: 30,
    resolution: [{ from: '2022-01-01', minutes: 60 }],
    expectedSeries: [{ from: '2022-01-01', count: 2 }],
    decoderVersion: 1,
    checks,
    seriesAttributes: () => ({}),
    pull: { ...PULL, ...Object.fromEntries(Object.entries(pull).filter(([, value]) => value !== undefined)) },
    ...changes,
  });
}
