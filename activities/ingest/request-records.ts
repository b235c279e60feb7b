/** Fetches a period of records by the fetcher of its dataset; what that asks by HTTP has no quota of ours. */
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
import type { FetchContext } from '../../domain/dataset/fetcher.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { Area } from '../../domain/time/location.ts';
import type { Attempt } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { type DayResponse, responseToDay } from './response.ts';
import { requestSource } from './source-client.ts';

/** @throws Failure of the fetcher */
export async function requestRecords(
  dependencies: Dependencies,
  dataset: PulledRecords,
  { day }: Attempt,
): Promise<DayResponse> {
  const { database } = dependencies;
  // Read first: an answer that another attempt stores meanwhile may be newer than ours.
  const last = sightingOf(await latestPayload(database, dataset.id, day));
  const context = await contextOf(dependencies, dataset, day, Context.current().cancellationSignal);
  const { url, contentType, body } = await dataset.pull.fetch(day, context);
  const headers = { 'content-type': contentType };
  return await responseToDay({ url, status: 200, headers, body: Buffer.from(body) }, last);
}

/** What the fetcher of a dataset may use. */
export async function contextOf(
  { database, catalog, sourceSettings }: Pick<Dependencies, 'database' | 'catalog' | 'sourceSettings'>,
  { id, source }: PulledRecords,
  day: CivilDay,
  cancelled: AbortSignal,
): Promise<FetchContext> {
  return {
    settings: sourceSettings?.get(source.id) ?? {},
    areas: [...(await areasOfLocations(database)), ...areasOfBusinessDays(catalog, id)],
    before: bodiesBefore(database, id, day),
    request: async (baseUrl, request, credentials) =>
      (await requestSource(baseUrl, request, {}, cancelled, credentials)).body,
  };
}

/** Areas by whose holidays, as a dataset has them, others are judged. */
function areasOfBusinessDays({ datasets }: Catalog, holidays: string): Area[] {
  return datasets
    .flatMap(({ pull }) => pull.publication.businessDays ?? [])
    .filter((businessDays) => businessDays.holidays === holidays)
    .map(({ country, subdivision }) => ({ country, subdivision }));
}

/** Payloads of a unit that are looked through for one that a fetcher can use. */
const LOOK_BACK = 5;

async function* bodiesBefore(sql: Sql, dataset: string, day: CivilDay): AsyncGenerator<Uint8Array> {
  for (const id of await lastUsablePayloads(sql, dataset, day, LOOK_BACK)) {
    yield await bodyOf(await loadPayload(sql, id));
  }
}
