/** `GET /v1/records/{dataset}`: records, latest or as known at an instant. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inSnapshot } from '../../db/connection/snapshot.ts';
import type { Location } from '../../db/queries/catalog/locations.ts';
import {
  type RecordRow,
  readRecords,
  readRecordVersions,
  recordColumns,
  recordState,
} from '../../db/queries/records/record-rows.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { type RecordFormat, recordsAsCsv, recordsAsNdjson } from '../../domain/records/record-text.ts';
import { csvHead } from '../../domain/values/csv.ts';
import { jsonText } from '../../domain/values/exact-json.ts';
import { isKnown } from '../data/conditional.ts';
import { nextPage } from '../data/paging.ts';
import { earlier } from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { CONTENT_TYPES } from '../formats/formats.ts';
import { notModified, Problem, problems } from '../http/problem.ts';
import { noteRead } from '../limits/read-counter.ts';
import { visibleRecords } from '../records/record-access.ts';
import {
  formatOfRecords,
  type RecordsQuery,
  readQuestion,
  recordsQuery,
} from '../records/record-question.ts';
import {
  type RecordsMeta,
  recordsAnswer,
  recordsContent,
  recordVersionsAnswer,
} from '../records/record-schemas.ts';
import { datasetId, wire } from '../schemas.ts';

const params = z.strictObject({ dataset: datasetId.describe('id, or the part after its dot: holidays') });

export function recordRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/records/:dataset',
    {
      schema: {
        tags: ['records'],
        summary: 'Records',
        description: 'By key, in pages: the latest knowledge, or any past one.',
        params,
        querystring: recordsQuery,
        response: {
          200: { description: 'records', content: recordsContent },
          ...notModified,
          ...problems(406, 422),
        },
      },
    },
    async (request, reply) => {
      const dataset = visibleRecords(deps, request, request.params.dataset);
      return await answer(deps, request, reply, dataset, request.query);
    },
  );
  addVersions(api, deps);
}

function addVersions(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/records/:dataset/versions',
    {
      schema: {
        tags: ['records'],
        summary: 'Every version of one record, oldest first',
        params,
        querystring: z.strictObject({ key: recordsQuery.shape.key.unwrap() }),
        response: { 200: recordVersionsAnswer, ...notModified, ...problems() },
      },
    },
    async (request, reply) => {
      const dataset = visibleRecords(deps, request, request.params.dataset);
      const { key } = request.query;
      const { personal } = request.caller;
      const data = await readRecordVersions(deps.database, { dataset, key, personal });
      if (data.length === 0) throw new Problem(404, `nothing was ever known of ${key} in ${dataset.id}`);
      noteRead(request, dataset.id);
      const answer = { dataset: dataset.id, key, data: data.map(shown) };
      if (isKnown(request, reply, answer)) return await reply.code(304).send(null);
      const shaped = answer as z.output<typeof recordVersionsAnswer>;
      return await exactly(reply, recordVersionsAnswer).send(shaped);
    },
  );
}

async function answer(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  dataset: RecordDataset,
  query: RecordsQuery,
): Promise<FastifyReply> {
  const format = formatOfRecords(request, query.format);
  const question = await readQuestion(deps, request, dataset, query);
  noteRead(request, dataset.id);
  const { selection, after, limit, location } = question;
  const { rows, state } = await inSnapshot(deps.database, async (snapshot) => ({
    state: await recordState(snapshot, dataset.id),
    rows: await readRecords(snapshot, selection, { after, limit: limit + 1 }),
  }));
  const { knownAt, settledAt, simulated } = state;
  const page = rows.slice(0, limit);
  const asOf = selection.asOf ? earlier(selection.asOf, settledAt) : knownAt;
  const meta: RecordsMeta = {
    ...{ dataset: dataset.id, time_zone: dataset.source.timeZone },
    ...{ from: selection.from?.toISOString() ?? null, to: selection.to?.toISOString() ?? null },
    ...{ as_of: asOf?.toISOString() ?? null, latest: selection.asOf === null, simulated },
    ...(location
      ? { location: locationOf(location), fallback: page.some(({ fallback }) => fallback === true) }
      : {}),
  };
  const next = rows.length > limit ? nextUrl(request.url, page.at(-1), meta.as_of) : null;
  const found: Answer = { format, dataset, meta, page, next };
  if (isKnown(request, reply, { ...found, dataset: dataset.id })) return reply.code(304).send(null);
  return send(reply, found);
}

function locationOf({ id, name, country, subdivision, active }: Location): RecordsMeta['location'] {
  return { id, name, country, subdivision, active };
}

/** With its as-of written out: pages of one answer fit together. */
function nextUrl(url: string, last: RecordRow | undefined, asOf: string | null): string | null {
  if (!last) return null;
  const after = Buffer.from(JSON.stringify([last.key, last.delivery_day])).toString('base64url');
  return nextPage(url, { after, ...(asOf === null ? {} : { as_of: asOf }) });
}

interface Answer {
  readonly format: RecordFormat;
  readonly dataset: RecordDataset;
  readonly meta: RecordsMeta;
  readonly page: readonly RecordRow[];
  readonly next: string | null;
}

function send(reply: FastifyReply, { format, dataset, meta, page, next }: Answer): FastifyReply {
  reply.headers({
    'tidemark-dataset': meta.dataset,
    'tidemark-time-zone': meta.time_zone,
    'tidemark-as-of': meta.as_of ?? 'never',
    'tidemark-latest': String(meta.latest),
    'tidemark-simulated': String(meta.simulated),
    ...(meta.fallback === undefined ? {} : { 'tidemark-fallback': String(meta.fallback) }),
    ...(next === null ? {} : { link: `<${next}>; rel="next"` }),
  });
  if (format === 'json')
    return exactly(reply, recordsAnswer).send({ meta, data: page.map(shown), next } as z.output<
      typeof recordsAnswer
    >);
  const columns = recordColumns(dataset);
  const text = format === 'csv' ? csvHead(columns) + recordsAsCsv(columns, page) : recordsAsNdjson(page);
  return reply.type(CONTENT_TYPES[format]).send(text);
}

/** Numbers that no double holds are written as they were sent. */
function exactly<T extends z.ZodType>(reply: FastifyReply, schema: T): FastifyReply {
  const write = (answer: unknown) => jsonText(z.encode(schema, answer as z.output<T>));
  return reply.type(CONTENT_TYPES.json).serializer(write);
}

/** Instants as text; bodies as they are: their names are the source's. */
function shown({ body, ...row }: RecordRow): unknown {
  return { ...(wire(row) as object), body };
}
