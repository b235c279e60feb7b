/**
 * Responses to several days, decoded once per process: each day reads its share, and not the whole again. This is only a cache: on a miss
 * the stored bytes are decoded.
 */
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Sql } from '../../db/connection/client.ts';
import { bodyOf } from '../../db/queries/payloads/payload-body.ts';
import type { PayloadBytes } from '../../db/queries/payloads/payloads.ts';
import type { Decoded, PulledPoints } from '../../domain/dataset/points.ts';
import type { Answer } from '../../domain/dataset/pull.ts';
import { answerOf } from '../../domain/days/answer-of.ts';
import { splitByDay } from '../../domain/days/split-by-day.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

/** Shares are packed: a day of a zone takes some kilobytes, so that everything a backfill has in progress fits. */
const MOST_BYTES = 64 * 1024 * 1024;

type Shares = ReadonlyMap<CivilDay, Buffer> | AnswerRefused;

/** Least recently read first. Keyed by definition: a changed decoder gets its own cache. */
const known = new WeakMap<PulledPoints, Map<string, Shares>>();

/** What the response stored with a day says of it; reading it may throw AnswerRefused. */
export async function decodedFor(
  sql: Sql,
  dataset: PulledPoints,
  payload: PayloadBytes,
  day: CivilDay,
): Promise<() => Decoded> {
  const answer = answerOf(dataset, payload, day);
  if (!payload.batchFrom) {
    const body = await bodyOf(sql, payload);
    return () => dataset.pull.decode(body, answer);
  }
  const key = keyOf(payload.sha256, answer);
  const shares = recall(dataset, key) ?? decodeOnce(dataset, key, await bodyOf(sql, payload), answer);
  return () => shareOf(shares, day);
}

/** Remembers a response that was already decoded. @param answer with the window of all of its days */
export function rememberDecoded(
  dataset: PulledPoints,
  sha256: Buffer,
  answer: Answer,
  decoded: Decoded,
): void {
  remember(dataset, keyOf(sha256, answer), sharesOf(dataset, answer, decoded));
}

/** The same bytes mean the same only in answer to the same request. */
function keyOf(sha256: Buffer, { part, window, url, status, contentType }: Answer): string {
  return JSON.stringify([sha256.toString('hex'), part, window, url, status, contentType]);
}

function recall(dataset: PulledPoints, key: string): Shares | undefined {
  const responses = known.get(dataset);
  const shares = responses?.get(key);
  if (!responses || !shares) return undefined;
  responses.delete(key);
  responses.set(key, shares);
  return shares;
}

/** The decoder always gets the first of the days, whichever of them is read first. */
function decodeOnce(dataset: PulledPoints, key: string, body: Buffer, answer: Answer): Shares {
  const [unit = answer.unit] = splitByDay(dataset, answer.window, { points: [], findings: [] }).keys();
  try {
    return remember(dataset, key, sharesOf(dataset, answer, dataset.pull.decode(body, { ...answer, unit })));
  } catch (error) {
    if (error instanceof AnswerRefused) return remember(dataset, key, error);
    throw error;
  }
}

function sharesOf(dataset: PulledPoints, { window }: Answer, decoded: Decoded): Shares {
  const shares = [...splitByDay(dataset, window, decoded)];
  return new Map(shares.map(([day, share]) => [day, deflateRawSync(serialize(share), { level: 1 })]));
}

function shareOf(shares: Shares, day: CivilDay): Decoded {
  if (shares instanceof AnswerRefused) throw shares;
  const packed = shares.get(day);
  if (!packed) throw new Error(`${day} is no day of the response`);
  return deserialize(inflateRawSync(packed)) as Decoded;
}

function remember(dataset: PulledPoints, key: string, shares: Shares): Shares {
  const responses = known.get(dataset) ?? new Map<string, Shares>();
  known.set(dataset, responses);
  responses.set(key, shares);
  let bytes = [...responses.values()].reduce((sum, each) => sum + bytesOf(each), 0);
  for (const [oldest, each] of responses) {
    if (bytes <= MOST_BYTES || oldest === key) break;
    responses.delete(oldest);
    bytes -= bytesOf(each);
  }
  return shares;
}

function bytesOf(shares: Shares): number {
  if (shares instanceof AnswerRefused) return 0;
  return [...shares.values()].reduce((sum, { length }) => sum + length, 0);
}
