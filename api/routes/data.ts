/** `GET /v1/data`: rows of a dataset of either shape, latest or as known at an instant or a gate. `/v1/versions`: all versions. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Sql } from '../../db/connection/client.ts';
import { standsIn } from '../../db/queries/catalog/locations.ts';
import { FUNCTIONS } from '../../db/queries/points/bucket-values.ts';
import { expectedRows } from '../../db/read/question.ts';
import { tableOf } from '../../db/read/table.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import { answerFromSnapshot, answerRows } from '../data/answer-rows.ts';
import { rowsAnswer, versionsAnswer } from '../data/answer-schemas.ts';
import {
  aboutBuckets,
  aggregated,
  bucketParameters,
  expectedBuckets,
  timeZone,
} from '../data/bucket-selection.ts';
import { inEveryFormat, type PageQuery, pageOf, pageParameters, readPaging } from '../data/paging.ts';
import { pinnedQuestion, visiblePin } from '../data/pin.ts';
import {
  pointSelectionSchema,
  readPointSelection,
  readSelection,
  recordKey,
  refuseMisplaced,
  type Selection,
  type SelectionQuery,
  selectionSchema,
} from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, Problem, problems } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
import {
  datasetId,
  instant,
  metaSchema,
  pinId,
  refuseOddYear,
  seriesName,
  stamp,
  unanswerable,
} from '../schemas.ts';

/** Either a query, or a pin that stands for one. */
const querystring = selectionSchema
  .partial({ dataset: true })
  .extend({ pin: pinId.optional(), ...pageParameters })
  .superRefine((query, context) => {
    const add = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message, ...unanswerable });
    if (query.pin === undefined) {
      if (query.dataset === undefined) add('dataset', 'write it, or a pin');
      return;
    }
    for (const name of Object.keys(selectionSchema.shape) as (keyof SelectionQuery)[])
      if (query[name] !== undefined) add(name, 'leave it out: the pin says it');
  });

export function dataRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/data',
    {
      schema: {
        tags: ['data'],
        summary: 'Points or records of a dataset',
        description:
          'The latest state of knowledge, or any past one. Points are in order of start and series, records in order of start and key.',
        querystring,
        response: {
          200: { description: 'rows', content: inEveryFormat(rowsAnswer) },
          ...notModified,
          ...problems(406, 409, 422),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      if (query.pin !== undefined) return await answerPin(deps, request, reply, query.pin);
      const selection = await readSelection(deps, request, query as SelectionQuery);
      return await answerRows(deps, request, reply, {
        ...{ selection, paging: readPaging(request, query), expectedRows: expectedRows(selection) },
        tableOf: () => tableOf(selection),
        about: async (sql) => (selection.areas ? { fallback: await standsIn(sql, selection) } : {}),
      });
    },
  );
}

/** The same bytes permanently, or 409; nothing in them depends on the present. */
async function answerPin(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const paging = readPaging(request, request.query as PageQuery);
  const rows = paging.limit ?? Number.POSITIVE_INFINITY;
  return await answerFromSnapshot(deps, request, reply, { paging, rows }, async (snapshot) => {
    const pin = await visiblePin(deps, request, snapshot, id);
    const { question, chunkMs, meta } = await pinnedQuestion(deps, request, snapshot, pin);
    const table = tableOf(question, chunkMs);
    const pages = table.read(snapshot, pageOf(paging, table));
    return { meta, table, pages, state: { fingerprint: id }, question: [paging, question.personal] };
  });
}

const figure = z.number().nullable().optional();

const bucketRow = z.object({
  bucket: stamp.describe('its start'),
  ends_at: stamp,
  series: z.string(),
  ...(Object.fromEntries(FUNCTIONS.map((name) => [name, figure])) as Record<
    (typeof FUNCTIONS)[number],
    typeof figure
  >),
  points: z.int().describe('points that have a value'),
  expected: z.int().describe('points that it has when none is missing'),
});

const answer = z
  .object({
    meta: metaSchema,
    data: z.array(bucketRow),
    next: z.string().nullable().describe('the next page; null at the end'),
  })
  .meta({ id: 'Buckets' });

export function aggregatedRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/data/aggregated',
    {
      schema: {
        tags: ['data'],
        summary: 'Observations per bucket',
        description:
          'In order of bucket and series. Every series that has a point in the range has a row for every bucket: one without ' +
          'values has nulls. The first and the last bucket are cut to the range.',
        querystring: pointSelectionSchema.extend({
          ...bucketParameters,
          time_zone: timeZone.optional(),
          ...pageParameters,
        }),
        response: {
          200: { description: 'buckets', content: inEveryFormat(answer) },
          ...notModified,
          ...problems(406, 422),
        },
      },
    },
    async (request, reply) => {
      const selection = await readPointSelection(deps, request, request.query);
      const paging = readPaging(request, request.query);
      const tableOf = (sql: Sql) => aggregated(sql, selection, request.query);
      return await answerRows(deps, request, reply, {
        ...{ selection, tableOf, paging },
        about: () => aboutBuckets(selection, request.query),
        expectedRows: expectedBuckets(selection, request.query),
      });
    },
  );
}

/** Far more than any point or record has had. */
const MOST_VERSIONS = 1_000;

const versionsQuery = z.strictObject({
  dataset: datasetId,
  series: z.array(seriesName).length(1).optional().describe('of points: one series, as published'),
  at: instant.optional().describe('of points: start of the interval, with its offset'),
  key: recordKey.optional().describe('of records: the key of one'),
  ...pageParameters,
});

export function versionRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/versions',
    {
      schema: {
        tags: ['data'],
        summary: 'Every version of one point or record, oldest first',
        querystring: versionsQuery,
        response: {
          200: { description: 'versions', content: inEveryFormat(versionsAnswer) },
          ...notModified,
          ...problems(406, 422),
        },
      },
    },
    async (request, reply) => {
      const { dataset, series, at, key } = request.query;
      refuseSeveral(visibleOfAnyKind(deps, request, dataset), request.query);
      const range = at === undefined ? {} : { from: at, to: behind(at) };
      const selected = await readSelection(deps, request, { dataset, series, key, ...range });
      const selection: Selection = { ...selected, knowledge: { kind: 'versions' } };
      const paging = readPaging(request, request.query);
      const tableOfVersions = () => tableOf(selection);
      const expectedRows = MOST_VERSIONS;
      return await answerRows(deps, request, reply, {
        selection,
        tableOf: tableOfVersions,
        expectedRows,
        paging,
      });
    },
  );
}

/** The exclusive upper bound of a single point: one millisecond after its start. */
function behind(at: string): string {
  refuseOddYear('at', at);
  return new Date(Date.parse(at) + 1).toISOString();
}

/** @throws Problem 422 that names what is missing to identify a single point or record, or what the rows do not have */
function refuseSeveral(dataset: Dataset, query: z.output<typeof versionsQuery>): void {
  refuseMisplaced(dataset, query);
  const needed = isOfRecords(dataset) ? (['key'] as const) : (['series', 'at'] as const);
  const faults = needed
    .filter((name) => query[name] === undefined)
    .map((field) => ({ field, hint: 'write it: versions are those of one point or record' }));
  if (faults.length === 0) return;
  throw new Problem(422, faults.map(({ field, hint }) => `"${field}": ${hint}`).join('; '), { faults });
}
