/** The meta data of an answer: `meta` in JSON, headers in every format, and the ETag. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerState } from '../../db/queries/answers/answer-state.ts';
import { type AskedCoverage, coverageLine } from '../../db/read/cover/coverage-line.ts';
import { type GateMeta, gateHeaders } from '../../db/read/gates.ts';
import { earlier, type Question } from '../../db/read/question.ts';
import { isOfPoints } from '../../domain/dataset/dataset.ts';
import type { Meta } from '../schemas.ts';
import type { Selection } from './selection.ts';

export function metaOf(
  selection: Selection,
  state: Pick<AnswerState, 'knownAt' | 'settledAt' | 'simulated'>,
  coverage?: AskedCoverage,
): Meta {
  const { dataset, from, to, knowledge, gate, locations } = selection;
  const past = latestOf(selection);
  // An as-of that has not settled yet is replaced by the newest settled instant, which the answer states.
  const asOf = past ? earlier(past, state.settledAt) : state.knownAt;
  const isOfNow = knowledge.kind === 'latest' || knowledge.kind === 'versions';
  return {
    dataset: dataset.id,
    ...(isOfPoints(dataset) ? { unit: dataset.unit } : {}),
    time_zone: dataset.source.timeZone,
    from: from?.toISOString() ?? null,
    to: to?.toISOString() ?? null,
    as_of: asOf?.toISOString() ?? null,
    latest: isOfNow,
    ...(gate === undefined ? {} : { gate }),
    ...(selection.key === null ? {} : { key: selection.key }),
    ...(locations ? { locations: locations.map(locationOf) } : {}),
    ...(coverage ? { coverage: { ...coverage } } : {}),
    simulated: state.simulated,
  };
}

function locationOf({ id, name, country, subdivision, active }: NonNullable<Meta['locations']>[number]) {
  return { id, name, country, subdivision, active };
}

/** The newest instant that a query about the past covers; null for one about the latest state. */
export function latestOf({ knowledge, days, asOf }: Question): Date | null {
  if (knowledge.kind === 'as-of') return knowledge.at;
  // Without a range of days (records) there is no last day whose gate could be taken.
  if (knowledge.kind !== 'gates') return null;
  if (!days) return asOf;
  const last = knowledge.gateOf(days.last);
  return asOf ? earlier(last, asOf) : last;
}

function isOfGate(meta: Meta): meta is Meta & GateMeta & { gate: string } {
  return meta.gate !== undefined && meta.gate_days !== undefined;
}

/** The same as headers, for formats without room for meta data. */
export function metaHeaders(meta: Meta): Record<string, string> {
  const { coverage } = meta;
  return {
    'tidemark-dataset': meta.dataset,
    ...(meta.unit === undefined ? {} : { 'tidemark-unit': encodeURIComponent(meta.unit) }),
    'tidemark-time-zone': meta.time_zone,
    'tidemark-as-of': meta.as_of ?? 'never',
    'tidemark-latest': String(meta.latest),
    ...(isOfGate(meta) ? gateHeaders(meta.gate, meta) : {}),
    ...(meta.buckets
      ? { 'tidemark-buckets': `${meta.buckets.resolution}; time-zone=${meta.buckets.time_zone}` }
      : {}),
    ...(meta.pin === undefined ? {} : { 'tidemark-pin': meta.pin }),
    ...(meta.fallback === undefined ? {} : { 'tidemark-fallback': String(meta.fallback) }),
    ...(coverage
      ? {
          'tidemark-coverage': coverageLine(coverage),
        }
      : {}),
    'tidemark-simulated': String(meta.simulated),
  };
}

/**
 * Sets ETag and caching headers.
 * @param question everything else that the bytes depend on.
 * @returns whether the caller already has these bytes; the answer is then 304.
 */
export function isUnchanged(
  request: FastifyRequest,
  reply: FastifyReply,
  meta: Meta,
  state: Pick<AnswerState, 'fingerprint'>,
  question: unknown,
): boolean {
  const parts = JSON.stringify([FORMAT_VERSION, meta, state.fingerprint, question]);
  const etag = `"${createHash('sha256').update(parts).digest('base64url').slice(0, 27)}"`;
  reply.headers({
    etag,
    'cache-control': 'private, no-cache',
    vary: 'Accept, Authorization',
    ...metaHeaders(meta),
  });
  return hasAlready(request, etag);
}

/** Whether If-None-Match names this ETag. */
export function hasAlready({ headers }: FastifyRequest, etag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  return known === '*' || known.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}

/** Increase it whenever the same query is answered with different bytes. */
const FORMAT_VERSION = 3;
