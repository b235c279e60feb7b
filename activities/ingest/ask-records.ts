/** Asks for a period of records: of the source that the worker was given for them, with no quota of ours. */
import { Context } from '@temporalio/activity';
import { latestPayload, sightingOf } from '../../db/queries/payloads/payloads.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Attempt } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { type DayResponse, responseToDay } from './response.ts';

/** @throws Failure those of the source; BAD_INPUT where this worker was given none */
export async function askRecords(
  { database, recordSources }: Dependencies,
  { id }: PulledRecords,
  { day }: Attempt,
): Promise<DayResponse> {
  const source = recordSources?.get(id);
  if (!source) throw new Failure('BAD_INPUT', `this worker knows no source of ${id}`);
  // Read first: an answer that another attempt stores meanwhile may be newer than ours.
  const last = sightingOf(await latestPayload(database, id, day));
  return await responseToDay(await source.ask(database, day, Context.current().cancellationSignal), last);
}
