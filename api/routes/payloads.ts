/** `GET /v1/payloads/{id}`: what was fetched. `…/content`: the bytes as the source sent them. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { bodyOf } from '../../db/queries/payloads/payload-body.ts';
import { loadPayload, payloadHeaders } from '../../db/queries/payloads/payloads.ts';
import { type PayloadFacts, payloadFacts } from '../../db/queries/points/explain.ts';
import { type Dataset, hasPersonalFields } from '../../domain/dataset/dataset.ts';
import { hasAlready } from '../data/meta.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { notModified, Problem, problems } from '../http/problem.ts';
import { assertMayHaveBytes, maySee } from '../limits/access.ts';
import { stamp, wholeNumber, wire } from '../schemas.ts';

const params = z.strictObject({ id: wholeNumber(1, Number.MAX_SAFE_INTEGER).describe('id of a payload') });

/** Content types that a browser does not execute; anything else is served as plain bytes. */
const HARMLESS = /^(application\/json|text\/(plain|csv)|application\/octet-stream)( *;.*)?$/i;

export const payloadSchema = z
  .object({
    id: z.int(),
    dataset: z.string(),
    day: z.string().meta({ format: 'date' }),
    kind: z.enum(['empty', 'refused', 'points']).nullable().describe('how it was processed; null: not yet'),
    part: z
      .string()
      .describe('the part of the day that was requested; empty where one request brings all of it'),
    url: z.string().describe('the requested URL; for a part of a file, the file name as given'),
    status: z.int(),
    sha256: z.string().describe('of the bytes as the source sent them'),
    size_bytes: z.int(),
    fetched_at: stamp,
    last_seen_at: stamp.describe('when the source last sent the same bytes'),
    seen_count: z.int(),
    source_modified_at: stamp
      .nullable()
      .describe('when the source says that it last changed them (Last-Modified); null if it does not say'),
    decoder_version: z.int().nullable(),
    batch_from: z.string().nullable().describe('first day of a batch request'),
    batch_to: z.string().nullable(),
    byte_from: z.int().nullable().describe('of a part of a file: its first byte, counted from 0'),
    byte_to: z.int().nullable().describe('the byte after its last'),
    first_line: z.int().nullable().describe('number of its first line, counted from 1'),
    trigger: z.string().nullable(),
    link: z
      .string()
      .nullable()
      .describe('the run that fetched it, or loaded its file, in the Temporal Web UI'),
    content: z.string().describe('where the bytes are'),
  })
  .meta({ id: 'Payload' });

type PayloadEntry = z.output<typeof payloadSchema>;

const described = payloadSchema
  .extend({ headers: z.record(z.string(), z.string()).describe('the response headers that are kept') })
  .meta({ id: 'PayloadFacts' });

export function payloadRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/payloads/:id',
    {
      schema: {
        tags: ['data'],
        summary: 'Facts of a payload',
        params,
        querystring: z.strictObject({}),
        response: { 200: described, ...problems() },
      },
    },
    async (request) => {
      const { facts } = await visiblePayload(deps, request, request.params.id);
      const headers = (await payloadHeaders(deps.database, facts.id)) ?? {};
      return { ...payloadEntry(deps, facts), headers: { ...headers } };
    },
  );
  addContent(api, deps);
}

function addContent(api: Api, deps: ApiDependencies): void {
  const bytes = z.unknown().describe('with the content type of the source where that is harmless');
  api.get(
    '/v1/payloads/:id/content',
    {
      schema: {
        tags: ['data'],
        summary: 'The bytes of a payload, as the source sent them',
        description:
          'The ETag is the sha256 of the bytes. 403: they may contain personal data, and the key was not made with --personal.',
        params,
        querystring: z.strictObject({}),
        response: {
          200: { description: 'the bytes', content: { '*/*': { schema: bytes } } },
          ...notModified,
          ...problems(403),
        },
      },
    },
    async (request, reply) => {
      const { facts, dataset } = await visiblePayload(deps, request, request.params.id);
      assertMayHaveBytes(request, dataset, facts.id);
      const etag = `"${facts.sha256}"`;
      // A person may later be erased from such bytes, so no cache may keep a copy.
      const kept = hasPersonalFields(dataset) ? 'no-store' : 'private, max-age=31536000, immutable';
      reply.headers({ etag, 'cache-control': kept, vary: 'Authorization' });
      if (hasAlready(request, etag)) return reply.code(304).send(null);
      const headers = (await payloadHeaders(deps.database, facts.id)) ?? {};
      const body = await bodyOf(deps.database, await loadPayload(deps.database, facts.id));
      return await reply
        .header('content-disposition', `attachment; filename="${fileName(facts)}"`)
        .type(harmless(headers['content-type']))
        .send(body);
    },
  );
}

/** @throws Problem 404, both for a missing payload and for one whose dataset the caller may not see. */
async function visiblePayload(
  { database, catalog }: ApiDependencies,
  { caller }: FastifyRequest,
  id: number,
): Promise<{ readonly facts: PayloadFacts; readonly dataset: Dataset }> {
  const [facts] = await payloadFacts(database, [id]);
  const dataset = catalog.all.find((each) => each.id === facts?.dataset);
  if (facts && dataset && maySee(caller, dataset)) return { facts, dataset };
  throw new Problem(404, `no payload ${id}; "payload_id" of an observation has one that exists`);
}

function harmless(type: string | undefined): string {
  return type !== undefined && HARMLESS.test(type) ? type : 'application/octet-stream';
}

function fileName({ dataset, day, id }: PayloadFacts): string {
  return `${dataset}_${day}_${id}`;
}

export function payloadEntry({ workflowLink }: ApiDependencies, facts: PayloadFacts): PayloadEntry {
  const { workflowId, runId, lastModified, ...row } = facts;
  const link = workflowId === null ? null : workflowLink(workflowId, runId ?? undefined);
  const source_modified_at = instantOf(lastModified);
  return {
    ...(wire(row) as PayloadEntry),
    source_modified_at,
    link,
    content: `/v1/payloads/${row.id}/content`,
  };
}

/** @param date as HTTP writes it; whatever else stands there says nothing. */
function instantOf(date: string | null): string | null {
  const ms = Date.parse(date ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
