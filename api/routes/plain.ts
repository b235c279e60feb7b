/**
 * `GET /data/{table}` and `GET /data/aggregated/{table}`: bare rows, for callers who know little more than the name of a table.
 * Both ends of a range are inclusive.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Sql } from '../../db/connection/client.ts';
import type { Cell, Cells } from '../../db/queries/answers/cells.ts';
import { hasSeveralSeries } from '../../db/queries/catalog/series.ts';
import type { AggregateFunction } from '../../db/queries/points/bucket-values.ts';
import { coverageLine } from '../../db/read/cover/coverage-line.ts';
import { expectedRows as expectedPoints } from '../../db/read/question.ts';
import { tableOf as pointsOf, type Table } from '../../db/read/table.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import type { Column } from '../../domain/dataset/relation.ts';
import { tableNames, valueName } from '../../domain/dataset/relation-names.ts';
import { answerRows } from '../data/answer-rows.ts';
import {
  aboutBuckets,
  aggregated,
  bucketParameters,
  expectedBuckets,
  timeZone,
} from '../data/bucket-selection.ts';
import type { Paging } from '../data/paging.ts';
import { type PointSelection, pointSelectionSchema, readPointSelection } from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, problems, wrongField } from '../http/problem.ts';
import { visibleDatasets } from '../limits/access.ts';
import { bound, datasetId, type Meta, stamp, wholeNumber } from '../schemas.ts';

const MOST_ROWS = 10_000_000;

const params = z.strictObject({
  table: datasetId
    .describe('the relation, with or without its schema, one of its aliases, or the id of the dataset')
    .meta({
      examples: [
        'swissgrid_frequency_data',
        'max_exchanges',
        'jao_core.max_exchanges',
        'jao-core.max-exchanges',
      ],
    }),
});

const querystring = z.strictObject({
  start_time: bound,
  end_time: bound.describe('the inclusive end of the range: a delivery day or an instant with its offset'),
  series: pointSelectionSchema.shape.series,
  limit: wholeNumber(1, MOST_ROWS).optional().describe('default: all rows'),
});

const row = z
  .object({
    timestamp: stamp,
    series: z.string().optional().describe('where the table has several, and the call names not just one'),
  })
  .catchall(
    z.number().nullable().describe('the value, under the name that the dataset gives; "value" if none'),
  );

const BOUNDS = { from: 'start_time', to: 'end_time', includesTo: true };

type Query = z.output<typeof querystring>;

export function plainRoutes(api: Api, deps: ApiDependencies): void {
  const describe = (summary: string) => ({
    tags: ['data'],
    summary,
    description:
      'The latest knowledge as a JSON array; meta data is in the headers Tidemark-*. 404 where nothing of the range was ever loaded.',
    params,
    response: {
      200: { description: 'rows', content: { 'application/json': { schema: z.array(row) as z.ZodType } } },
      ...notModified,
      ...problems(422),
    },
  });
  const select = (request: FastifyRequest, { table }: z.output<typeof params>, query: Query) => {
    const { start_time: from, end_time: to, series } = query;
    const dataset = datasetOfTable(deps, request, table);
    return readPointSelection(deps, request, { dataset, from, to, ...(series ? { series } : {}) }, BOUNDS);
  };
  api.get(
    '/data/:table',
    { schema: { ...describe('Rows of a table'), querystring } },
    async (request, reply) => {
      const { params, query } = request;
      const selection = await select(request, params, query);
      const tableOf = (sql: Sql) => plain(sql, selection, pointsOf(selection));
      const expectedRows = expectedPoints(selection);
      return await answerRows(deps, request, reply, {
        selection,
        tableOf,
        refuse: (meta) => refuseNothing(meta, query),
        expectedRows,
        paging: pagingOf(query),
      });
    },
  );
  api.get(
    '/data/aggregated/:table',
    {
      schema: {
        ...describe('Rows of a table per bucket'),
        querystring: querystring.extend({ ...bucketParameters, time_zone: timeZone.optional() }),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const selection = await select(request, params, query);
      const tableOf = async (sql: Sql) => {
        const table = await aggregated(sql, selection, query, { countsExpected: false });
        return await plain(sql, selection, table, query.function);
      };
      const expectedRows = expectedBuckets(selection, query);
      return await answerRows(deps, request, reply, {
        selection,
        tableOf,
        about: () => aboutBuckets(selection, query),
        refuse: (meta) => refuseNothing(meta, query),
        expectedRows,
        paging: pagingOf(query),
      });
    },
  );
}

/**
 * Bare rows have no meta data: without any, a range that was never loaded would look like one in which there is nothing.
 * @throws Problem 404
 */
function refuseNothing({ dataset, coverage }: Meta, { start_time }: Query): void {
  if (coverage?.loaded !== 'none') return;
  const hint =
    `nothing of ${dataset} is loaded in this range (${coverageLine(coverage)}); write one of which something is, as ` +
    `/v1/datasets/${dataset} says, or load it`;
  throw wrongField('start_time', start_time, hint, 404);
}

async function plain(
  sql: Sql,
  { dataset, series }: PointSelection,
  table: Table,
  functions: z.output<typeof bucketParameters.function> = [],
): Promise<Table> {
  // A call that names one series gets the same rows, however many others the table has.
  const hasSeries = series?.length !== 1 && (await hasSeveralSeries(sql, dataset.id));
  return plainTable(table, { dataset, functions, hasSeries });
}

function pagingOf({ limit }: Query): Paging {
  return { format: 'json', plain: true, after: undefined, limit: limit ?? null };
}

/** @throws Problem 404; 422 when two datasets that the caller may see have a table of that name. */
function datasetOfTable(deps: ApiDependencies, request: FastifyRequest, name: string): string {
  const visible = visibleDatasets(deps, request);
  const ids = visible.filter((dataset) => tableNames(dataset).includes(name)).map(({ id }) => id);
  if (ids.length > 1)
    throw wrongField('table', name, `it is a table of ${ids.join(' and ')}; write one of these`, 422);
  const [id] = ids;
  if (id !== undefined) return id;
  const known = visible.flatMap(tableNames).join(', ') || 'none';
  throw wrongField('table', name, `there is no such table; write one of ${known}`, 404);
}

interface PlainForm {
  readonly dataset: PointDataset;
  /** Whether rows name their series. */
  readonly hasSeries: boolean;
  /** Aggregated rows only. With several functions, each value is named after its function; a count always is. */
  readonly functions?: readonly AggregateFunction[];
}

/** The plain form of observations, or of buckets. */
function plainTable(table: Table, { dataset, hasSeries, functions = [] }: PlainForm): Table {
  const [at = 0, series = 0] = table.key;
  const isNamed = functions.length > 1 || functions[0] === 'count';
  const values = isNamed ? functions : [valueName(dataset)];
  // In both kinds of tables the values follow the series.
  const cells = [at, ...(hasSeries ? [series] : []), ...values.map((_, index) => series + 1 + index)];
  const columns: Column[] = [
    { name: 'timestamp', kind: 'instant' },
    ...(hasSeries ? [{ name: 'series', kind: 'series' } as const] : []),
    ...values.map((name) => ({ name, kind: 'number', nullable: true }) as const),
  ];
  return {
    ...table,
    columns,
    key: hasSeries ? [0, 1] : [0],
    async *read(sql, page) {
      for await (const rows of table.read(sql, page)) yield rows.map((row) => picked(row, cells));
    },
  };
}

function picked(row: Cells, cells: readonly number[]): Cell[] {
  const made = cells.map((index) => row[index] as Cell);
  made[0] = String(made[0]).replace('.000Z', 'Z');
  return made;
}
