/** Reads the requested buckets and functions from a query. */
import { z } from 'zod';
import type { Sql } from '../../db/connection/client.ts';
import { type AggregateFunction, FUNCTIONS } from '../../db/queries/points/bucket-values.ts';
import { type Buckets, readBuckets } from '../../db/queries/points/buckets.ts';
import { coarsestStep } from '../../db/queries/points/day-rollups.ts';
import { expectedSeries, type PointQuestion, selectionOf } from '../../db/read/question.ts';
import type { Table } from '../../db/read/table.ts';
import { isRunnable } from '../../domain/dataset/dataset.ts';
import type { Column } from '../../domain/dataset/relation.ts';
import { bucketsOf, coarsestSeconds, pointCounter, shortestMs } from '../../domain/time/buckets.ts';
import { isTimeZone } from '../../domain/time/civil-day.ts';
import {
  RESOLUTIONS,
  type Resolution,
  SPELLINGS,
  secondsOf,
  shortestFrom,
} from '../../domain/time/resolutions.ts';
import { wrongField } from '../http/problem.ts';
import { type Meta, unanswerable } from '../schemas.ts';

/** The names that a query may use: those of the functions, and `mean`. */
const FUNCTION_NAMES = ['mean', ...FUNCTIONS] as const;

export const bucketParameters = {
  resolution: z
    .enum(
      [...SPELLINGS.keys()] as [string, ...string[]],
      `write one of ${RESOLUTIONS.join(' ')}, or the same as 30s, 15m, 1h, 1d, hour, day, month`,
    )
    .describe('length of the buckets, from a second to a year; "m" is a minute, "M" a month')
    .meta({ examples: ['30s', '15m', 'hour', 'PT1H', 'P1D'] }),
  function: z
    .array(z.enum(FUNCTION_NAMES))
    .min(1)
    .max(FUNCTIONS.length)
    .refine((names) => new Set(names).size === names.length, 'write each function once')
    .meta({ uniqueItems: true })
    .transform((names) => names.map((name) => (name === 'mean' ? 'avg' : name)))
    .refine((names) => new Set(names).size === names.length, {
      message: 'write "avg" or "mean": they are the same',
      ...unanswerable,
    })
    .default(['avg'])
    .describe('function over the values of a bucket, nulls left out; may be repeated or comma-separated'),
};

export const timeZone = z
  .string()
  .max(60)
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'write an IANA time zone, such as Europe/Amsterdam')
  .refine(isTimeZone, { message: 'write an IANA time zone, such as Europe/Amsterdam', ...unanswerable })
  .describe('IANA time zone of the buckets; default: that of the delivery days');

export interface BucketQuery {
  /** As the caller wrote it. */
  readonly resolution: string;
  readonly function: readonly AggregateFunction[];
  readonly time_zone?: string | undefined;
}

/** The rows of aggregated observations. @throws Problem 422 for buckets finer than the dataset's resolution. */
export async function aggregated(
  sql: Sql,
  selection: PointQuestion,
  query: BucketQuery,
  { countsExpected } = { countsExpected: true },
): Promise<Table> {
  const { dataset, from, to } = selection;
  const functions = query.function;
  const resolution = resolutionOf(query);
  await refuseTooFine(sql, selection, query.resolution, resolution);
  const zone = query.time_zone ?? dataset.source.timeZone;
  const range = { startMs: from.getTime(), endMs: to.getTime() };
  const buckets: Buckets = {
    ...{ functions, countsExpected },
    from: (startMs) => bucketsOf(resolution, zone, { ...range, startMs }),
    timeZone: dataset.source.timeZone,
    ...(isRunnable(dataset) ? { counter: () => pointCounter(dataset) } : {}),
  };
  return {
    columns: columnsOf(functions),
    key: [0, 2],
    read: (sql, page) => readBuckets(sql, selectionOf(selection), buckets, page),
  };
}

/** The meta fields about buckets. */
export function aboutBuckets({ dataset }: PointQuestion, query: BucketQuery): Partial<Meta> {
  const time_zone = query.time_zone ?? dataset.source.timeZone;
  return { buckets: { resolution: resolutionOf(query), functions: [...query.function], time_zone } };
}

function resolutionOf({ resolution }: Pick<BucketQuery, 'resolution'>): Resolution {
  return SPELLINGS.get(resolution) ?? 'P1D';
}

/** The expected number of rows. */
export function expectedBuckets(selection: PointQuestion, query: BucketQuery): number {
  const { from, to } = selection;
  const shortest = shortestMs(resolutionOf(query));
  return (expectedSeries(selection) * (to.getTime() - from.getTime())) / shortest;
}

const countColumn = { name: 'count', kind: 'integer' } as const;

function columnsOf(functions: readonly AggregateFunction[]): Column[] {
  return [
    { name: 'bucket', kind: 'instant' },
    { name: 'ends_at', kind: 'instant' },
    { name: 'series', kind: 'series' },
    ...functions.map((name) =>
      name === 'count' ? countColumn : ({ name, kind: 'number', nullable: true } as const),
    ),
    { name: 'points', kind: 'integer' },
    { name: 'expected', kind: 'integer' },
  ];
}

/** @throws Problem 422 */
async function refuseTooFine(
  sql: Sql,
  { dataset, days, series }: PointQuestion,
  written: string,
  resolution: Resolution,
): Promise<void> {
  const seconds = secondsOf(resolution);
  if (seconds === undefined) return;
  const coarsest = isRunnable(dataset)
    ? { series: 'every series', seconds: coarsestSeconds(dataset, days) }
    : await coarsestStep(sql, dataset.id, days, series);
  if (!coarsest || seconds >= coarsest.seconds) return;
  const hint =
    `the points of ${coarsest.series} are ${coarsest.seconds} s apart on these days; ` +
    `write ${shortestFrom(coarsest.seconds)} or longer, or with "series" those that are finer`;
  throw wrongField('resolution', written, hint, 422);
}
