/** Which buckets and functions are asked for, read from a query. */
import { z } from 'zod';
import { type AggregateFunction, FUNCTIONS } from '../db/queries/bucket-values.ts';
import { type Buckets, readBuckets } from '../db/queries/buckets.ts';
import { isPolled } from '../domain/any-dataset.ts';
import {
  bucketsOf,
  coarsestSeconds,
  finestResolution,
  isFiner,
  pointCounter,
  RESOLUTIONS,
  type Resolution,
  shortestMs,
} from '../domain/buckets.ts';
import { isTimeZone } from '../domain/civil-day.ts';
import type { Table } from './answer-rows.ts';
import { wrongField } from './problem.ts';
import { unanswerable } from './schemas.ts';
import { expectedSeries, rowSelection, type Selection } from './selection.ts';

/** As people write them elsewhere. */
const SHORT: Readonly<Record<string, Resolution>> = {
  ...{
    '15min': 'PT15M',
    '30min': 'PT30M',
    '1h': 'PT1H',
    '2h': 'PT2H',
    '4h': 'PT4H',
    '6h': 'PT6H',
    '12h': 'PT12H',
  },
  ...{ '1d': 'P1D', '1w': 'P1W', '1M': 'P1M', '3M': 'P3M', '1Q': 'P3M', '1y': 'P1Y', '1Y': 'P1Y' },
};

const resolutionNames = [...RESOLUTIONS, ...Object.keys(SHORT)] as [string, ...string[]];

export const bucketParameters = {
  resolution: z
    .enum(resolutionNames)
    .transform((name) => SHORT[name] ?? (name as Resolution))
    .describe('length of the buckets, from a quarter of an hour to a year'),
  function: z
    .array(z.enum(FUNCTIONS))
    .min(1)
    .max(FUNCTIONS.length)
    .refine((names) => new Set(names).size === names.length, 'write each function once')
    .meta({ uniqueItems: true })
    .default(['avg'])
    .describe(
      'what to make of the values of a bucket, nulls left out; may be repeated, or be several with commas between',
    ),
};

export const timeZone = z
  .string()
  .max(60)
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'write an IANA time zone, such as Europe/Amsterdam')
  .refine(isTimeZone, { message: 'write an IANA time zone, such as Europe/Amsterdam', ...unanswerable })
  .describe('IANA zone whose days, weeks and months the buckets are; default: that of the delivery days');

export interface BucketQuery {
  readonly resolution: Resolution;
  readonly function: readonly AggregateFunction[];
  readonly time_zone?: string | undefined;
}

/** The rows of aggregated observations. @throws Problem 422 */
export function aggregated(
  selection: Selection,
  { resolution, function: functions, time_zone }: BucketQuery,
): Table {
  const { dataset, days, from, to } = selection;
  const finest = finestResolution(coarsestSeconds(dataset, days));
  if (isFiner(resolution, finest)) {
    const cure = `the values of these days are for ${finest} each; write ${finest} or longer`;
    throw wrongField('resolution', resolution, cure, 422);
  }
  const zone = time_zone ?? dataset.source.timeZone;
  const range = { startMs: from.getTime(), endMs: to.getTime() };
  const buckets: Buckets = {
    functions,
    from: (startMs) => bucketsOf(resolution, zone, { ...range, startMs }),
    timeZone: dataset.source.timeZone,
    ...(isPolled(dataset) ? { counter: () => pointCounter(dataset) } : {}),
  };
  return {
    columns: [
      { name: 'bucket', kind: 'instant' },
      { name: 'ends_at', kind: 'instant' },
      { name: 'series', kind: 'series' },
      ...functions.map((name) => ({ name, kind: name === 'count' ? 'integer' : 'number' }) as const),
      { name: 'points', kind: 'integer' },
      { name: 'expected', kind: 'integer' },
    ],
    key: [0, 2],
    expectedRows: (expectedSeries(selection) * (to.getTime() - from.getTime())) / shortestMs(resolution),
    about: { buckets: { resolution, functions: [...functions], time_zone: zone } },
    read: (sql, page) => readBuckets(sql, rowSelection(selection), buckets, page),
  };
}
