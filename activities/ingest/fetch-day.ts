/**
 * Activity `fetchDay`: requests one delivery day from the source within its quota and stores the bytes, or takes them from a response to
 * several days (fetch-batch.ts). Returns a claim check; rows never enter Temporal. Repeating it is harmless: the same bytes are recognised.
 */
import type { Sql } from '../../db/connection/client.ts';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { lockDay, readLedger, writeLedger } from '../../db/queries/days/ledger.ts';
import { finishRun, startRun } from '../../db/queries/days/runs.ts';
import {
  insertPayload,
  type LatestPayload,
  latestPayload,
  sightingOf,
  touchPayload,
} from '../../db/queries/payloads/payloads.ts';
import { isDerived, isPulledRecords, type ScheduledDataset } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { stateWhenNotDue } from '../../domain/days/ledger.ts';
import { periodOf } from '../../domain/days/refresh.ts';
import { deliveryInterval, isOpen, momentOf } from '../../domain/time/delivery-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type {
  Attempt,
  DayRequest,
  FetchedDay,
  PartsOfDay,
  StoredResponse,
} from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { computeDay } from '../derive/compute-day.ts';
import { emptyLedgerRow } from '../fold/empty-ledger-row.ts';
import { once, resultOfEarlier } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { outcomeOf, thisRun } from '../this-run.ts';
import { assertLiveOrSimulated, keptHeaders } from './kept-headers.ts';
import { requestRecords } from './request-records.ts';
import { requestWithinQuota } from './request-within-quota.ts';
import {
  assertNotOvertaken,
  type DayResponse,
  isRepeated,
  isTaken,
  responseInBatch,
  responseToDay,
} from './response.ts';
import { assertCredential, partsOf, pulledDataset, settingsOf } from './source-settings.ts';

export function createFetchDay(dependencies: Dependencies): (attempt: DayRequest) => Promise<FetchedDay> {
  const { catalog, clock, database, retryRules } = dependencies;
  return temporalActivity(async (attempt) => {
    const dataset = pulledDataset(catalog, attempt.dataset);
    assertInRange(dataset, attempt.day);
    await assertEnabled(database, dataset.id);
    // A computed dataset needs no credential.
    if (!isDerived(dataset)) assertCredential(dependencies, dataset.source);
    const done = await resultOfEarlier<FetchedDay>(database);
    if (done) return done;
    const run = { ...attempt, ...thisRun(), startedAt: clock.now() };
    const runId = await startRun(database, run);
    if (isPulledRecords(dataset))
      return await keep(dependencies, attempt, runId, await requestRecords(dependencies, dataset, attempt));
    if (isDerived(dataset)) return await computeDay(dependencies, dataset, attempt.day, runId);
    if (!isOpen(dataset, attempt.day, clock.now().getTime())) {
      return await recordNotDue(dependencies, dataset, attempt);
    }
    if (dataset.pull.parts && attempt.part === undefined)
      return await takeParts(dependencies, dataset, attempt, runId);
    const response =
      (await responseInBatch(database, attempt)) ?? (await ask(dependencies, dataset, attempt));
    return await keep(dependencies, attempt, runId, response);
  }, retryRules);
}

/** Takes what batch requests brought of a day, and returns the parts that have yet to be requested. */
async function takeParts(
  dependencies: Dependencies,
  dataset: PulledPoints,
  { answerIds = {}, ...attempt }: Attempt,
  runId: number,
): Promise<PartsOfDay> {
  const stored: StoredResponse[] = [];
  const parts: string[] = [];
  for (const part of partsOf(dependencies, dataset, attempt.day)) {
    const answerId = answerIds[part];
    const of = answerId === undefined ? undefined : { ...attempt, part, answerId };
    const response = of && (await responseInBatch(dependencies.database, of));
    if (of && response) stored.push(await keep(dependencies, of, runId, response, part));
    else parts.push(part);
  }
  return { kind: 'parts', stored, parts };
}

/** @throws Failure OUT_OF_RANGE */
function assertInRange(dataset: ScheduledDataset, day: string): void {
  const { id, firstDay } = dataset;
  const period = isPulledRecords(dataset) ? periodOf(dataset, day) : day;
  if (period !== day)
    throw new Failure('OUT_OF_RANGE', `${id} is kept by the year, named by its first day: request ${period}`);
  if (day >= firstDay) return;
  throw new Failure(
    'OUT_OF_RANGE',
    `${id} begins on ${firstDay}; ${day} never existed. Choose ${firstDay} or later`,
  );
}

async function recordNotDue(
  { database, clock }: Dependencies,
  dataset: PulledPoints,
  { day }: Attempt,
): Promise<FetchedDay> {
  const run = thisRun();
  return await once(database, async (sql) => {
    await lockDay(sql, dataset.id, day);
    const known = await readLedger(sql, dataset.id, day);
    const row = { ...(known ?? emptyLedgerRow(dataset, day)), state: stateWhenNotDue(known?.state) };
    if (!known) await writeLedger(sql, { ...row, ...run });
    await finishRun(sql, {
      ...run,
      finishedAt: clock.now(),
      outcome: row.state,
      error: null,
      payloadId: null,
    });
    const opens = new Date(momentOf(dataset, day, dataset.pull.publication.opens)).toISOString();
    const summary = `${day} is ${row.state}: it is not requested before ${opens}`;
    return { kind: 'not-due', outcome: { ...outcomeOf(row), summary } };
  });
}

async function ask(
  dependencies: Dependencies,
  dataset: PulledPoints,
  { day, urgency, part = '' }: DayRequest,
): Promise<DayResponse> {
  const { id, pull, source } = dataset;
  const last = await latestPayload(dependencies.database, id, day, part);
  const request = pull.request(deliveryInterval(dataset, day), {
    part,
    settings: settingsOf(dependencies, source),
  });
  const question = {
    ...{ request, conditions: validators(last), urgency },
    notPublished: pull.notPublished,
  };
  return await responseToDay(
    await requestWithinQuota(dependencies, dataset.source, question),
    sightingOf(last),
  );
}

/** A conditional request, if the day's last payload came with a validator in answer to the same request. */
function validators(last: LatestPayload | undefined): Record<string, string> {
  const headers = last?.batchResponseId === null ? last.headers : {};
  if (headers.etag) return { 'if-none-match': headers.etag };
  if (headers['last-modified']) return { 'if-modified-since': headers['last-modified'] };
  return {};
}

async function keep(
  { catalog, database, clock }: Dependencies,
  { dataset, day, part = '' }: Attempt,
  runId: number,
  response: DayResponse,
  ofSeveral: string | null = null,
): Promise<StoredResponse> {
  const store = async (sql: Sql): Promise<StoredResponse> => {
    await lockDay(sql, dataset, day);
    // The simulator simulates a publisher; what fetchers request elsewhere is real.
    if ('baseUrl' in catalog.find(dataset).source) await assertLiveOrSimulated(sql, response);
    const last = await latestPayload(sql, dataset, day, part);
    if (last && isTaken(response, last)) return claimCheck(last, false);
    assertNotOvertaken(response, last);
    const { url, status, body, batch } = response;
    const fetchedAt = batch?.fetchedAt ?? clock.now();
    if (last && isRepeated(response, last)) {
      await touchPayload(sql, last.id, fetchedAt);
      return claimCheck(last, true);
    }
    if (status === 304) throw new Failure('ANSWER_BROKEN', `${url} answered 304, but no answer is known`);
    const headers = keptHeaders(response.headers);
    const batchResponseId = batch?.answerId ?? null;
    const payload = { dataset, day, part, runId, fetchedAt, url, status, headers, batchResponseId, ...body };
    return claimCheck({ ...body, ...(await insertPayload(sql, payload)) }, false);
  };
  return await once(database, store, ofSeveral);
}

function claimCheck(
  payload: { id: number; fetchedAt: Date; sha256: Buffer; sizeBytes: number },
  unchanged: boolean,
): StoredResponse {
  return {
    kind: 'stored',
    payloadId: payload.id,
    unchanged,
    sizeBytes: payload.sizeBytes,
    sha256: payload.sha256.toString('hex'),
    fetchedAt: payload.fetchedAt.toISOString(),
  };
}
