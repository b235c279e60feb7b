/**
 * Activity `fetchDay`: asks the source for one delivery day within its quota and keeps the bytes. Returns a claim check;
 * rows never enter Temporal. Asking again is harmless: the same bytes are recognised.
 */
import { Context } from '@temporalio/activity';
import { type Database, transaction } from '../db/client.ts';
import { claimInstance } from '../db/queries/instance.ts';
import { lockDay, readLedger, writeLedger } from '../db/queries/ledger.ts';
import { insertPayload, type LatestPayload, latestPayload, touchPayload } from '../db/queries/payloads.ts';
import { holdSource, mayAsk, takeSlot } from '../db/queries/quota.ts';
import { finishRun, startRun } from '../db/queries/runs.ts';
import type { DatasetDefinition, SourceRequest } from '../domain/dataset.ts';
import { deliveryInterval, isOpen, momentOf } from '../domain/delivery-day.ts';
import { Failure } from '../domain/failures.ts';
import { stateWhenNotDue } from '../domain/ledger.ts';
import type { Attempt, DayOutcome, FetchedDay } from '../domain/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { emptyLedgerRow } from './empty-ledger-row.ts';
import { keptHeaders, SIMULATOR_HEADER } from './kept-headers.ts';
import { packBody } from './payload-body.ts';
import { askSource, type SourceAnswer } from './source-client.ts';
import { temporalActivity } from './temporal-activity.ts';
import { outcomeOf, thisRun } from './this-run.ts';

export function createFetchDay(dependencies: Dependencies): (attempt: Attempt) => Promise<FetchedDay> {
  const { catalog, clock, database, baseUrls, retryRules } = dependencies;
  return temporalActivity(async (attempt) => {
    const dataset = catalog.get(attempt.dataset);
    assertInRange(dataset, attempt.day);
    const run = { ...attempt, ...thisRun(), startedAt: clock.now() };
    const runId = await startRun(database, run);
    if (!isOpen(dataset, attempt.day, clock.now().getTime())) {
      return { kind: 'not-due', outcome: await recordNotDue(dependencies, dataset, attempt) };
    }
    const request = dataset.request(deliveryInterval(dataset, attempt.day));
    const baseUrl = baseUrls.get(dataset.source.id) ?? dataset.source.baseUrl.default;
    const heard = await askWithinQuota(dependencies, dataset, attempt, baseUrl, request);
    return await keep(dependencies, attempt, runId, heard);
  }, retryRules);
}

/** @throws Failure OUT_OF_RANGE */
function assertInRange({ id, firstDay }: DatasetDefinition, day: string): void {
  if (day >= firstDay) return;
  throw new Failure(
    'OUT_OF_RANGE',
    `${id} begins on ${firstDay}; ${day} never existed. Choose ${firstDay} or later`,
  );
}

async function recordNotDue(
  { database, clock }: Dependencies,
  dataset: DatasetDefinition,
  { day }: Attempt,
): Promise<DayOutcome> {
  const run = thisRun();
  const row = await transaction(database, async (sql) => {
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
    return row;
  });
  const opens = new Date(momentOf(dataset, day, dataset.publication.opens)).toISOString();
  return { ...outcomeOf(row), sentence: `${day} is ${row.state}: nobody asks for it before ${opens}` };
}

/** An answer, and what had been heard of the day when the source was asked. */
interface Heard {
  readonly answer: SourceAnswer;
  readonly before: LatestPayload | undefined;
}

async function askWithinQuota(
  { database }: Dependencies,
  dataset: DatasetDefinition,
  { day, trigger }: Attempt,
  baseUrl: string,
  request: SourceRequest,
): Promise<Heard> {
  const { cancellationSignal } = Context.current();
  const before = await latestPayload(database, dataset.id, day);
  await waitForTurn(database, dataset.source.id, trigger !== 'backfill');
  try {
    return { answer: await askSource(baseUrl, request, validators(before), cancellationSignal), before };
  } catch (error) {
    if (error instanceof Failure && error.code === 'SOURCE_THROTTLED') {
      await holdSource(
        database,
        dataset.source.id,
        Math.max(dataset.source.quota.windowMs, error.retryAfterMs ?? 0),
      );
    }
    throw error;
  }
}

/** Waits for a slot of the quota, and for another one when that may not be used when its time has come. */
async function waitForTurn(database: Database, source: string, live: boolean): Promise<void> {
  for (;;) {
    const slot = await takeSlot(database, source, live);
    if (slot.waitMs > 0) await Context.current().sleep(slot.waitMs);
    if (await mayAsk(database, source, slot)) return;
  }
}

/** A conditional request, where the source gave the day's last payload a validator. */
function validators(last: LatestPayload | undefined): Record<string, string> {
  const headers = last?.headers ?? {};
  if (headers.etag) return { 'if-none-match': headers.etag };
  if (headers['last-modified']) return { 'if-modified-since': headers['last-modified'] };
  return {};
}

async function keep(
  { database, clock }: Dependencies,
  { dataset, day }: Attempt,
  runId: number,
  { answer, before }: Heard,
): Promise<FetchedDay> {
  const body = await packBody(answer.body);
  return await transaction(database, async (sql) => {
    await lockDay(sql, dataset, day);
    await assertSameWorld(answer, await claimInstance(sql, SIMULATOR_HEADER in answer.headers));
    const last = await latestPayload(sql, dataset, day);
    assertNotOvertaken(before, last);
    if (last && (answer.status === 304 || last.sha256.equals(body.sha256))) {
      await touchPayload(sql, last.id, clock.now());
      return claimCheck(last, true);
    }
    if (answer.status === 304)
      throw new Failure('ANSWER_BROKEN', `${answer.url} answered 304, but no answer is known`);
    const { url, status } = answer;
    const headers = keptHeaders(answer.headers);
    const payload = { dataset, day, runId, fetchedAt: clock.now(), url, status, headers, ...body };
    return claimCheck({ ...body, ...(await insertPayload(sql, payload)) }, false);
  });
}

/**
 * A worker that stood still (a machine that was moved, a frozen disk) comes back with an answer that may be older than
 * what another one has stored meanwhile. Its place among the payloads is not known, so it must not become the newest.
 * @throws Failure OVERTAKEN
 */
function assertNotOvertaken(before: LatestPayload | undefined, now: LatestPayload | undefined): void {
  const isSame = before?.id === now?.id && before?.lastSeenAt.getTime() === now?.lastSeenAt.getTime();
  if (!isSame)
    throw new Failure('OVERTAKEN', 'another attempt heard the source while this one was waiting for it');
}

/** @throws Failure SIMULATION_MISMATCH */
async function assertSameWorld({ headers, url }: SourceAnswer, databaseIsSimulated: boolean): Promise<void> {
  const answerIsSimulated = SIMULATOR_HEADER in headers;
  if (answerIsSimulated === databaseIsSimulated) return;
  const [answer, data] = answerIsSimulated ? ['simulated', 'live'] : ['live', 'simulated'];
  throw new Failure(
    'SIMULATION_MISMATCH',
    `${url} gave a ${answer} answer, but this database holds ${data} data. ` +
      'Use a database of its own for each (DATABASE_URL), or set the base URL right (JAO_BASE_URL)',
  );
}

function claimCheck(
  payload: { id: number; fetchedAt: Date; sha256: Buffer; sizeBytes: number },
  unchanged: boolean,
): FetchedDay {
  return {
    kind: 'stored',
    payloadId: payload.id,
    unchanged,
    sizeBytes: payload.sizeBytes,
    sha256: payload.sha256.toString('hex'),
    fetchedAt: payload.fetchedAt.toISOString(),
  };
}
