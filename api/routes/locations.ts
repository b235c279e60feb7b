/** `/v1/locations`: lists, adds, changes and removes the locations whose holidays are kept. Every change is a new version. */
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  addLocation,
  type ChangedLocation,
  changeLocation,
  removeLocation,
} from '../../db/queries/catalog/change-location.ts';
import { enabledIds } from '../../db/queries/catalog/enabling.ts';
import { type Location, listLocations } from '../../db/queries/catalog/locations.ts';
import { isOfLocations } from '../../domain/dataset/dataset.ts';
import { periodsAround } from '../../domain/days/refresh.ts';
import { codeOf, type LocationFacts, locationFaults } from '../../domain/time/location.ts';
import { startRefresh } from '../../temporal/refreshes.ts';
import { locationId } from '../data/location.ts';
import { reason, summary, words } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { locationFacts, stamp, wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const location = z
  .object({
    ...locationFacts,
    version: z.int(),
    known_at: stamp.describe('since when this version is known'),
  })
  .meta({ id: 'Location' });
const changed = z
  .object({ location, changed: z.boolean().describe('false: it was so already'), summary })
  .meta({ id: 'ChangedLocation' });

const name = words.max(200);
const code = z.string().max(6);
const params = z.strictObject({ id: locationId });

export function locationRoutes(api: Api, deps: ApiDependencies): void {
  addList(api, deps);
  addAdd(api, deps);
  addChange(api, deps);
  addRemove(api, deps);
}

function addList(api: Api, { database }: ApiDependencies): void {
  api.get(
    '/v1/locations',
    {
      schema: {
        tags: ['records'],
        summary: 'Locations, by name',
        querystring: z.strictObject({
          inactive: z.enum(['true', 'false']).optional().describe('true: removed ones too'),
        }),
        response: { 200: z.object({ data: z.array(location) }), ...problems() },
      },
    },
    async ({ query }) => {
      const locations = await listLocations(database, query.inactive === 'true');
      return wire({ data: locations }) as { data: z.output<typeof location>[] };
    },
  );
}

function addAdd(api: Api, deps: ApiDependencies): void {
  const body = z.strictObject({
    id: locationId.optional().describe('default: a new one; that of a removed location brings it back'),
    name: name.optional().describe('default: what a removed location was called'),
    country: code.optional().describe('default: where a removed location was'),
    subdivision: code.nullable().optional(),
    reason,
  });
  api.post(
    '/v1/locations',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['operation'],
        summary: 'Add a location; its holidays are requested at once',
        body,
        response: { 201: changed, ...problems(403, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { id = randomUUID(), reason, ...given } = request.body;
      const doer = { by: request.caller.name, reason };
      const added = await addLocation(deps.database, id, givenFacts(given), doer, refuse);
      if (!added) throw new Problem(409, `there is a location ${id} already; PATCH changes it`);
      const answer = await refreshAndAnswer(deps, request, { location: added, changed: true }, 'added');
      return reply.code(201).send(answer);
    },
  );
}

function addChange(api: Api, deps: ApiDependencies): void {
  const body = z.strictObject({
    name: name.optional(),
    country: code.optional(),
    subdivision: code.nullable().optional().describe('null: the whole country'),
    reason,
  });
  api.patch(
    '/v1/locations/:id',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['operation'],
        summary: 'Give a location another name or code: a new version of it',
        params,
        body,
        response: { 200: changed, ...problems(403, 409, 413, 415, 422) },
      },
    },
    async (request) => {
      const { reason, ...given } = request.body;
      const doer = { by: request.caller.name, reason };
      const found = await changeLocation(deps.database, request.params.id, givenFacts(given), doer, refuse);
      return await refreshAndAnswer(deps, request, found ?? missing(request.params.id), 'changed');
    },
  );
}

type Given = { readonly [F in keyof LocationFacts]?: LocationFacts[F] | undefined };

function givenFacts(given: Given): Partial<LocationFacts> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function addRemove(api: Api, deps: ApiDependencies): void {
  api.delete(
    '/v1/locations/:id',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['operation'],
        summary: 'Make a location inactive; its history stays',
        params,
        body: z.strictObject({ reason }),
        response: { 200: changed, ...problems(403, 413, 415, 422) },
      },
    },
    async (request) => {
      const doer = { by: request.caller.name, reason: request.body.reason };
      const removed = await removeLocation(deps.database, request.params.id, doer);
      const { location, changed: isNew } = removed ?? missing(request.params.id);
      return answerOf(location, isNew, isNew ? 'removed' : 'removed already', '; its holidays stay');
    },
  );
}

/** @throws Problem 422 that names every wrong field */
function refuse(facts: LocationFacts): void {
  const faults = locationFaults(facts).map(({ field, hint }) => ({ field, value: facts[field], hint }));
  if (faults.length === 0) return;
  const reasons = faults.map(({ field, value, hint }) => `"${field}" is ${JSON.stringify(value)}: ${hint}`);
  throw new Problem(422, reasons.join('; '), { faults });
}

function missing(id: string): never {
  throw new Problem(404, `there is no location ${id}; GET /v1/locations has them`);
}

/** Requests the holidays of a changed location. If Temporal cannot start that now, the schedule does it later. */
async function refreshAndAnswer(
  deps: ApiDependencies,
  request: FastifyRequest,
  { location, changed }: ChangedLocation,
  what: string,
): Promise<z.output<typeof answerType>> {
  if (!changed) return answerOf(location, false, 'is so already', '');
  const refreshed = await refresh(deps, request).catch((error: unknown) => {
    request.log.warn(error);
    return 'its holidays will be requested by the schedule';
  });
  return answerOf(location, true, what, `; ${refreshed}`);
}

async function refresh(deps: ApiDependencies, request: FastifyRequest): Promise<string> {
  const enabled = await enabledIds(deps.database);
  const datasets = deps.catalog.all.filter(isOfLocations).filter(({ id }) => enabled.has(id));
  const refreshed = datasets.map((dataset) => {
    const periods = periodsAround(dataset, deps.now().getTime());
    return withTemporal(deps, request, (temporal) => startRefresh(temporal, dataset.id, periods));
  });
  await Promise.all(refreshed);
  return datasets.length === 0 ? 'no source is requested for its holidays' : 'its holidays are requested';
}

const answerType = changed;

function answerOf(
  location: Location,
  isNew: boolean,
  what: string,
  more: string,
): z.output<typeof answerType> {
  const summary = `${location.name} (${codeOf(location)}): ${what}, version ${location.version}${more}`;
  return wire({ location, changed: isNew, summary }) as z.output<typeof answerType>;
}
