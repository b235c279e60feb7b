/** Asks a source when its quota lets us, and holds everybody back when it says that we ask too often. */
import { Context } from '@temporalio/activity';
import type { Database } from '../../db/connection/client.ts';
import { holdSource, mayRequest, takeSlot } from '../../db/queries/operation/quota.ts';
import type { Source } from '../../domain/dataset/facts.ts';
import type { SourceRequest } from '../../domain/dataset/pull.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { requestSource, type SourceAnswer } from './source-client.ts';

export interface Question {
  readonly request: SourceRequest;
  /** Headers of a conditional request. */
  readonly conditions: Readonly<Record<string, string>>;
  /** Live polling may use the reserved slots of the quota too. */
  readonly live: boolean;
}

/** @throws Failure those of `requestSource` */
export async function requestWithinQuota(
  { database, baseUrls }: Dependencies,
  { id, baseUrl, quota }: Source,
  { request, conditions, live }: Question,
): Promise<SourceAnswer> {
  const { cancellationSignal } = Context.current();
  await waitForTurn(database, id, live);
  try {
    return await requestSource(baseUrls.get(id) ?? baseUrl.default, request, conditions, cancellationSignal);
  } catch (error) {
    if (error instanceof Failure && error.code === 'SOURCE_THROTTLED')
      await holdSource(database, id, Math.max(quota.windowMs, error.retryAfterMs ?? 0));
    throw error;
  }
}

/** Waits for a slot of the quota, and for another one when that may not be used when its time has come. */
async function waitForTurn(database: Database, source: string, live: boolean): Promise<void> {
  for (;;) {
    const slot = await takeSlot(database, source, live);
    if (slot.waitMs > 0) await Context.current().sleep(slot.waitMs);
    if (await mayRequest(database, source, slot)) return;
  }
}
