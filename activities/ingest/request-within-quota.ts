/** Requests data from a source within its quota, and blocks all requests to it for a while when it throttles us. */
import { Context } from '@temporalio/activity';
import { holdHost, mayRequest, takeSlot } from '../../db/queries/operation/quota.ts';
import { credentialsOf } from '../../domain/dataset/credential.ts';
import { hostOf, type Source } from '../../domain/dataset/facts.ts';
import type { NotPublished, SourceRequest } from '../../domain/dataset/pull.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { waitInActivity } from '../wait-in-activity.ts';
import { requestSource, type SourceAnswer } from './source-client.ts';
import { settingsOf } from './source-settings.ts';

export interface Question {
  readonly request: SourceRequest;
  /** Headers of a conditional request. */
  readonly conditions?: Readonly<Record<string, string>>;
  /** Live polling may use the reserved slots of the quota too. */
  readonly live: boolean;
  /** Responses that mean "not published yet". */
  readonly notPublished?: NotPublished | undefined;
}

/** @throws Failure those of `requestSource` */
export async function requestWithinQuota(
  dependencies: Pick<Dependencies, 'database' | 'baseUrls' | 'sourceSettings' | 'isStopping'>,
  source: Source,
  { request, live, ...question }: Question,
): Promise<SourceAnswer> {
  const { database, baseUrls } = dependencies;
  const { id, baseUrl, quota } = source;
  const options = {
    ...question,
    cancelled: Context.current().cancellationSignal,
    credentials: credentialsOf(source, settingsOf(dependencies, source)),
  };
  const host = hostOf(source);
  await waitForTurn(dependencies, host, live);
  try {
    const answer = await requestSource(baseUrls.get(id) ?? baseUrl.default, request, options);
    count(id, 'answered');
    return answer;
  } catch (error) {
    count(id, error instanceof Failure ? error.code : 'UNEXPECTED');
    if (error instanceof Failure && error.code === 'SOURCE_THROTTLED')
      await holdHost(database, host, Math.max(quota.banMs ?? quota.windowMs, error.retryAfterMs ?? 0));
    throw error;
  }
}

/** Temporal's runtime serves it as `tidemark_source_requests_total`. */
function count(source: string, outcome: string): void {
  const { metricMeter } = Context.current();
  metricMeter
    .createCounter('tidemark_source_requests', undefined, 'Requests to a source, by what came of them.')
    .add(1, { source, outcome });
}

/** Waits for a slot of the quota, and for another one if that slot may not be used when its time comes. */
async function waitForTurn(
  { database, isStopping }: Pick<Dependencies, 'database' | 'isStopping'>,
  host: string,
  live: boolean,
): Promise<void> {
  for (;;) {
    const slot = await takeSlot(database, host, live);
    await waitInActivity(slot.waitMs, isStopping);
    if (await mayRequest(database, host, slot)) return;
  }
}
