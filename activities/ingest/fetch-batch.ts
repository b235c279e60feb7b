/**
 * Activity `fetchBatch`: requests several adjacent delivery days at once and stores the response, which their own runs then take
 * (`fetchDay` with `answerId`). It only saves requests: if it fails, it still ends well and each day is requested by itself, with its own
 * retries and findings.
 */
import { log } from '@temporalio/activity';
import { transaction } from '../../db/connection/client.ts';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import {
  deleteUnusedAnswers,
  insertBatchResponse,
  type KnownBefore,
} from '../../db/queries/payloads/batch-responses.ts';
import { packBody } from '../../db/queries/payloads/payload-body.ts';
import { latestPayload, type Sighting, sightingOf } from '../../db/queries/payloads/payloads.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { answerToDays, batchesOf, readBatch, windowOf } from '../../domain/days/batches.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { isOpen } from '../../domain/time/delivery-day.ts';
import { Failure, RETRY_RULES, type RetryRules } from '../../domain/workflow/failures.ts';
import type { FetchBatchInput, FetchedBatch } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { rememberDecoded } from '../fold/decoded-batches.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { assertLiveOrSimulated, keptHeaders } from './kept-headers.ts';
import { requestWithinQuota } from './request-within-quota.ts';
import type { SourceAnswer } from './source-client.ts';
import { assertCredential, partsOf, settingsOf } from './source-settings.ts';

/** Days that have not taken a response by then are requested by themselves. */
const KEPT_UNUSED_MS = 24 * 3_600_000;
/** One retry bridges a hiccup; if the source is in trouble, each day retries by itself. */
const MOST_ATTEMPTS = 2;

export function createFetchBatch(
  dependencies: Dependencies,
): (input: FetchBatchInput) => Promise<FetchedBatch> {
  const { catalog, clock, database, retryRules = RETRY_RULES } = dependencies;
  const fetchBatch = async (input: FetchBatchInput): Promise<FetchedBatch> => {
    const dataset = catalog.get(input.dataset);
    const days = input.days.toSorted();
    const obstacle = obstacleTo(dataset, days, clock.now().getTime());
    if (obstacle) return alone(obstacle);
    assertCredential(dependencies, dataset.source);
    await assertEnabled(database, dataset.id);
    if (dataset.pull.parts && input.part === undefined)
      return { answerId: null, parts: commonParts(dependencies, dataset, days) };
    const { part = '' } = input;
    const knownBefore = await knownOf(dependencies, dataset, days, part);
    const settings = settingsOf(dependencies, dataset.source);
    const request = dataset.pull.request(windowOf(dataset, days), { part, settings });
    const outcome = await unlessTooLong(dataset, days, () =>
      requestWithinQuota(dependencies, dataset.source, { request, urgency: input.urgency }),
    );
    if ('daysAllowed' in outcome) return { ...alone(outcome.reason), daysAllowed: outcome.daysAllowed };
    const { answer } = outcome;
    await deleteUnusedAnswers(database, new Date(clock.now().getTime() - KEPT_UNUSED_MS));
    const { url, status, headers, body } = answer;
    const contentType = headers['content-type'] ?? null;
    const about = answerToDays(dataset, days, { part, url, status, contentType });
    const { usable, decoded } = readBatch(dataset, days, body, about);
    if (usable.days.length === 0) return alone(usable.reason ?? 'nothing of it is usable');
    const { sha256, ...kept } = await keep(dependencies, dataset, { days, part, knownBefore, answer });
    if (decoded) rememberDecoded(dataset, sha256, about, decoded);
    return usable.days.length === days.length ? kept : { ...kept, days: usable.days };
  };
  return temporalActivity(fetchBatch, impatient(retryRules), ({ message }) => alone(message));
}

/** It still waits for our own database without limit: the days need it too. */
function impatient(rules: RetryRules): RetryRules {
  const few = <T extends { attempts: number }>(rule: T): T => ({
    ...rule,
    attempts: Math.min(rule.attempts, MOST_ATTEMPTS),
  });
  const { transient, throttled, lost } = rules;
  return { ...rules, transient: few(transient), throttled: few(throttled), lost: few(lost) };
}

type BatchAnswer =
  | { readonly answer: SourceAnswer }
  | { readonly daysAllowed: number; readonly reason: string };

/** The response, or the number of days the source allows if it refuses this many and says so. */
async function unlessTooLong(
  { pull: { batch } }: PulledPoints,
  days: readonly CivilDay[],
  ask: () => Promise<SourceAnswer>,
): Promise<BatchAnswer> {
  try {
    return { answer: await ask() };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'REQUEST_REFUSED') throw error;
    const daysAllowed = batch?.daysAllowed?.(error.message);
    if (daysAllowed === undefined || daysAllowed >= days.length) throw error;
    return { daysAllowed, reason: error.message };
  }
}

function alone(reason: string): { readonly answerId: null; readonly reason: string } {
  log.info('each day is requested alone', { reason });
  return { answerId: null, reason };
}

/** Why these days cannot be requested together, if they cannot. @param days ascending. */
function obstacleTo(dataset: PulledPoints, days: readonly CivilDay[], nowMs: number): string | null {
  const [first = '', last = first] = [days[0], days.at(-1)];
  if (days.length < 2 || batchesOf(dataset, days).length > 1)
    return `${days.join(', ')} are not days that one request of ${dataset.id} may request together`;
  if (first < dataset.firstDay) return `${dataset.id} begins on ${dataset.firstDay}`;
  return isOpen(dataset, last, nowMs) ? null : `${last} cannot be published yet`;
}

/** Parts that all of these days have: a zone that was split in between is requested by day. */
function commonParts(
  dependencies: Dependencies,
  dataset: PulledPoints,
  days: readonly CivilDay[],
): readonly string[] {
  const [first = [], ...others] = days.map((day) => partsOf(dependencies, dataset, day));
  return first.filter((part) => others.every((parts) => parts.includes(part)));
}

async function knownOf(
  { database }: Dependencies,
  { id }: PulledPoints,
  days: readonly CivilDay[],
  part: string,
): Promise<KnownBefore> {
  const known: Record<CivilDay, Sighting> = {};
  for (const day of days) {
    const sighting = sightingOf(await latestPayload(database, id, day, part));
    if (sighting) known[day] = sighting;
  }
  return known;
}

interface ToKeep {
  readonly days: readonly CivilDay[];
  readonly part: string;
  readonly knownBefore: KnownBefore;
  readonly answer: SourceAnswer;
}

async function keep(
  { database, clock }: Dependencies,
  { id: dataset }: PulledPoints,
  { days, part, knownBefore, answer: { url, status, headers, body } }: ToKeep,
): Promise<{ answerId: number; sizeBytes: number; sha256: Buffer }> {
  const packed = await packBody(body);
  const [from = '', to = from] = [days[0], days.at(-1)];
  const about = { dataset, part, from, to, fetchedAt: clock.now(), knownBefore };
  const answerId = await transaction(database, async (sql) => {
    await assertLiveOrSimulated(sql, { url, headers });
    return await insertBatchResponse(sql, {
      ...about,
      url,
      status,
      headers: keptHeaders(headers),
      ...packed,
    });
  });
  return { answerId, sizeBytes: packed.sizeBytes, sha256: packed.sha256 };
}
