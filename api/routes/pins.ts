/** `POST /v1/pins` and `GET /v1/pins/{pin}`: queries whose answer stays the same; `GET /v1/data?pin=` answers them. */
import { z } from 'zod';
import { openSnapshot } from '../../db/connection/snapshot.ts';
import { insertPin, type Pin } from '../../db/queries/answers/pins.ts';
import { pinOf, visiblePin } from '../data/pin.ts';
import { readSelection, selectionSchema } from '../data/selection.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { pinId, stamp } from '../schemas.ts';

const pinSchema = z
  .object({
    pin: z.string(),
    dataset: z.string(),
    from: stamp.nullable(),
    to: stamp.nullable(),
    series: z.array(z.string()).nullable(),
    key: z.string().nullable(),
    locations: z.array(z.string()).nullable().describe('their ids'),
    as_of: stamp.describe('nothing that became known later is in the answer'),
    gate: z.string().nullable(),
    rows: z.int(),
    created_at: stamp,
    url: z.string().describe('of the answer; "format", "limit" and "after" may be added'),
  })
  .meta({ id: 'Pin' });

export function pinRoutes(api: Api, deps: ApiDependencies): void {
  api.post(
    '/v1/pins',
    {
      schema: {
        tags: ['data'],
        summary: 'Pin a query, so that its answer stays the same',
        description:
          'As known at as_of, by default after the newest change in the range. The same query about the same rows gives the same pin.',
        body: selectionSchema,
        response: { 200: pinSchema, 201: pinSchema, ...problems(413, 415, 422) },
      },
    },
    async (request, reply) => {
      const selection = await readSelection(deps, request, request.body);
      const snapshot = await openSnapshot(deps.database);
      const pin = await pinOf(snapshot, selection, request.caller.name).finally(() => snapshot.release());
      const isNew = await insertPin(deps.database, pin);
      const stored = await visiblePin(deps, request, deps.database, pin.id);
      return reply.code(isNew ? 201 : 200).send(shown(stored));
    },
  );
  api.get(
    '/v1/pins/:pin',
    {
      schema: {
        tags: ['data'],
        summary: 'The query of a pin',
        params: z.strictObject({ pin: pinId }),
        querystring: z.strictObject({}),
        response: { 200: pinSchema, ...problems() },
      },
    },
    async (request) => shown(await visiblePin(deps, request, deps.database, request.params.pin)),
  );
}

function shown({
  id,
  dataset,
  from,
  to,
  series,
  key,
  locations,
  asOf,
  gate,
  rows,
  createdAt,
}: Pin): z.output<typeof pinSchema> {
  return {
    ...{ pin: id, dataset, from: from?.toISOString() ?? null, to: to?.toISOString() ?? null },
    ...{ series: series && [...series], key, locations: locations?.map(({ id }) => id) ?? null },
    ...{
      as_of: asOf.toISOString(),
      gate,
      rows,
      created_at: createdAt.toISOString(),
      url: `/v1/data?pin=${id}`,
    },
  };
}
