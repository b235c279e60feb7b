/** Fetches a period of records with the fetcher of its dataset; only requests to its own source count against a quota. */
import { Context } from '@temporalio/activity';
import type { Catalog } from '../../datasets/catalog.ts';
import type { Sql } from '../../db/connection/client.ts';
import { areasOfLocations } from '../../db/queries/catalog/locations.ts';
import { bodyOf } from '../../db/queries/payloads/payload-body.ts';
import {
  lastUsablePayloads,
  latestPayload,
  loadPayload,
  sightingOf,
} from '../../db/queries/payloads/payloads.ts';
import { keptVersions } from '../../db/queries/records/records.ts';
import type { Source } from '../../domain/dataset/facts.ts';
import type { FetchContext } from '../../domain/dataset/fetcher.ts';
import type { SourceRequest } from '../../domain/dataset/pull.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { Area } from '../../domain/time/location.ts';
import type { DayRequest } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { SIMULATOR_HEADER } from './kept-headers.ts';
import { requestWithinQuota } from './request-within-quota.ts';
import { type DayResponse, responseToDay } from './response.ts';
import { requestSource } from './source-client.ts';

/** @throws Failure of the fetcher */
export async function requestRecords(
  dependencies: Dependencies,
  dataset: PulledRecords,
  { day, urgency }: DayRequest,
): Promise<DayResponse> {
  const { database } = dependencies;
  // Read first: an answer that another attempt stores meanwhile may be newer than ours.
  const last = sightingOf(await latestPayload(database, dataset.id, day));
  const context = await contextOf(dependencies, dataset, day, Context.current().cancellationSignal);
  const marks: Record<string, string> = {};
  let mayLeave = true;
  const ask = async (request: SourceRequest) => {
    const answer = await requestWithinQuota(dependencies, httpSource(dataset), {
      request,
      urgency,
      mayLeave,
    });
    mayLeave = false;
    const mark = answer.headers[SIMULATOR_HEADER];
    if (mark !== undefined) marks[SIMULATOR_HEADER] = mark;
    return { ...answer, contentType: answer.headers['content-type'] ?? '' };
  };
  const { url, contentType, body } = await dataset.pull.fetch(day, { ...context, ask });
  const headers = { 'content-type': contentType, ...marks };
  return await responseToDay({ url, status: 200, headers, body: Buffer.from(body) }, last);
}

function httpSource({ id, source }: PulledRecords): Source {
  if ('baseUrl' in source) return source;
  throw new Error(`${id} requests its source, which has no base URL: give source.baseUrl, or use request()`);
}

/** What the fetcher of a dataset may use; requests to its source need an attempt of a day. */
export async function contextOf(
  { database, catalog, sourceSettings }: Pick<Dependencies, 'database' | 'catalog' | 'sourceSettings'>,
  { id, source }: PulledRecords,
  day: CivilDay,
  cancelled: AbortSignal,
): Promise<Omit<FetchContext, 'ask'>> {
  return {
    settings: sourceSettings?.get(source.id) ?? {},
    areas: [...(await areasOfLocations(database)), ...areasOfBusinessDays(catalog, id)],
    before: bodiesBefore(database, id, day),
    kept: (keys) => keptVersions(database, id, keys),
    request: async (baseUrl, request, credentials = {}) =>
      (await requestSource(baseUrl, request, { cancelled, credentials })).body,
  };
}

/** Areas whose holidays, as a dataset has them, determine the business days of others. */
function areasOfBusinessDays({ datasets }: Catalog, holidays: string): Area[] {
  return datasets
    .flatMap(({ pull }) => pull.publication.businessDays ?? [])
    .filter((businessDays) => businessDays.holidays === holidays)
    .map(({ country, subdivision }) => ({ country, subdivision }));
}

/** How many payloads of a unit are searched for one that a fetcher can use. */
const MOST_TRIED = 5;

async function* bodiesBefore(sql: Sql, dataset: string, day: CivilDay): AsyncGenerator<Uint8Array> {
  for (const id of await lastUsablePayloads(sql, dataset, day, MOST_TRIED)) {
    yield await bodyOf(sql, await loadPayload(sql, id));
  }
}
