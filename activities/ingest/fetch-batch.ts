/**
 * Activity `fetchBatch`: requests several adjacent delivery days at once and keeps the response, which their own runs
 * then take (`fetchDay` with `answerId`). It only saves requests: whatever is wrong with it, it ends well and
 * each day is requested by itself, with patience and findings of its own.
 */
import { log } from '@temporalio/activity';
import { transaction } from '../../db/connection/client.ts';
import {
  deleteUnusedAnswers,
  insertBatchResponse,
  type KnownBefore,
} from '../../db/queries/payloads/batch-responses.ts';
import { packBody } from '../../db/queries/payloads/payload-body.ts';
import { latestPayload, type Sighting, sightingOf } from '../../db/queries/payloads/payloads.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { batchesOf, whyUnusable, windowOf } from '../../domain/days/batches.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { isOpen } from '../../domain/time/delivery-day.ts';
import { RETRY_RULES, type RetryRules } from '../../domain/workflow/failures.ts';
import type { FetchBatchInput, FetchedBatch } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { keptHeaders } from './kept-headers.ts';
import { assertLiveOrSimulated } from './live-or-simulated.ts';
import { requestWithinQuota } from './request-within-quota.ts';
import type { SourceAnswer } from './source-client.ts';

/** Days that have not taken an answer by then ask for themselves. */
const KEPT_UNUSED_MS = 24 * 3_600_000;
/** One more try bridges a hiccup; a source in trouble is the days' own business. */
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
    const knownBefore = await knownOf(dependencies, dataset, days);
    const request = dataset.pull.request(windowOf(dataset, days));
    const question = { request, conditions: {}, live: false };
    const answer = await requestWithinQuota(dependencies, dataset.source, question);
    await deleteUnusedAnswers(database, new Date(clock.now().getTime() - KEPT_UNUSED_MS));
    const problem = whyUnusable(dataset, days, answer.body);
    return problem ? alone(problem) : await keep(dependencies, dataset, days, knownBefore, answer);
  };
  return temporalActivity(fetchBatch, impatient(retryRules), ({ message }) => alone(message));
}

/** Our own database is waited for as long as ever: the days could not do without it either. */
function impatient(rules: RetryRules): RetryRules {
  const few = <T extends { attempts: number }>(rule: T): T => ({
    ...rule,
    attempts: Math.min(rule.attempts, MOST_ATTEMPTS),
  });
  const { transient, throttled, lost } = rules;
  return { ...rules, transient: few(transient), throttled: few(throttled), lost: few(lost) };
}

function alone(reason: string): FetchedBatch {
  log.info('each day asks for itself', { reason });
  return { answerId: null, reason };
}

/** Why these days may not be asked for together, if they may not. @param days ascending. */
function obstacleTo(dataset: PulledPoints, days: readonly CivilDay[], nowMs: number): string | null {
  const [first = '', last = first] = [days[0], days.at(-1)];
  if (days.length < 2 || batchesOf(dataset, days).length > 1)
    return `${days.join(', ')} are not days that one request of ${dataset.id} may ask for together`;
  if (first < dataset.firstDay) return `${dataset.id} begins on ${dataset.firstDay}`;
  return isOpen(dataset, last, nowMs) ? null : `${last} cannot be published yet`;
}

async function knownOf(
  { database }: Dependencies,
  { id }: PulledPoints,
  days: readonly CivilDay[],
): Promise<KnownBefore> {
  const known: Record<CivilDay, Sighting> = {};
  for (const day of days) {
    const sighting = sightingOf(await latestPayload(database, id, day));
    if (sighting) known[day] = sighting;
  }
  return known;
}

async function keep(
  { database, clock }: Dependencies,
  { id: dataset }: PulledPoints,
  days: readonly CivilDay[],
  knownBefore: KnownBefore,
  { url, status, headers, body }: SourceAnswer,
): Promise<FetchedBatch> {
  const packed = await packBody(body);
  const [from = '', to = from] = [days[0], days.at(-1)];
  const about = { dataset, from, to, fetchedAt: clock.now(), knownBefore };
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
  return { answerId, sizeBytes: packed.sizeBytes };
}
