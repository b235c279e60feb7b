/** A response that holds a delivery day: to the day alone, or to several days and already stored. */
import type { Sql } from '../../db/connection/client.ts';
import { findBatchResponse } from '../../db/queries/payloads/batch-responses.ts';
import { packBody, type StoredBody } from '../../db/queries/payloads/payload-body.ts';
import {
  type LatestPayload,
  latestPayload,
  type Sighting,
  sightingOf,
} from '../../db/queries/payloads/payloads.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Attempt } from '../../domain/workflow/messages.ts';
import type { SourceAnswer } from './source-client.ts';

export interface DayResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Omit<StoredBody, 'bytes'> & { readonly bytes: Buffer | null };
  /** The last response for the day when the request was made. */
  readonly before: Sighting | undefined;
  /** Set for a response to several days. */
  readonly batch: BatchOfResponse | null;
}

interface BatchOfResponse {
  readonly answerId: number;
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly fetchedAt: Date;
}

export async function responseToDay(
  { url, status, headers, body }: SourceAnswer,
  before: Sighting | undefined,
): Promise<DayResponse> {
  return { url, status, headers, body: await packBody(body), before, batch: null };
}

/** The stored response that an attempt may use; undefined when it must send a request: none was named, it is gone, or overtaken. */
export async function responseInBatch(
  sql: Sql,
  { dataset, day, answerId, part = '' }: Attempt,
): Promise<DayResponse | undefined> {
  if (answerId === undefined) return undefined;
  const answer = await findBatchResponse(sql, answerId);
  if (answer?.dataset !== dataset || answer.part !== part) return undefined;
  if (day < answer.from || day > answer.to) return undefined;
  const { url, status, headers, sha256, sizeBytes, encoding, from, to, fetchedAt } = answer;
  const body = { sha256, sizeBytes, encoding, bytes: null };
  const before = answer.knownBefore[day];
  const response = { url, status, headers, body, before, batch: { answerId, from, to, fetchedAt } };
  const last = await latestPayload(sql, dataset, day, part);
  return isTaken(response, last) || isSame(before, sightingOf(last)) ? response : undefined;
}

/** Whether an earlier attempt stored this response and died before it could report back. Once folded, it counts as an old one. */
export function isTaken({ batch }: DayResponse, last: LatestPayload | undefined): boolean {
  return batch !== null && last?.batchResponseId === batch.answerId && !last.isFolded;
}

/** Whether the source repeated itself: equal bytes mean the same only in answer to the same request. */
export function isRepeated({ status, body, batch }: DayResponse, last: LatestPayload): boolean {
  const sameQuestion = last.batchFrom === (batch?.from ?? null) && last.batchTo === (batch?.to ?? null);
  return status === 304 || (sameQuestion && last.sha256.equals(body.sha256));
}

/**
 * A worker that stood still (a machine that was moved, a frozen disk) may hold a response older than what another one has stored meanwhile.
 * Its position among the payloads is unknown, so it must not become the newest.
 * @throws Failure OVERTAKEN
 */
export function assertNotOvertaken({ before }: DayResponse, last: LatestPayload | undefined): void {
  if (!isSame(before, sightingOf(last)))
    throw new Failure(
      'OVERTAKEN',
      'another attempt got a response from the source while this one was waiting for it',
    );
}

function isSame(one: Sighting | undefined, other: Sighting | undefined): boolean {
  return one?.payloadId === other?.payloadId && one?.lastSeenAtMs === other?.lastSeenAtMs;
}
