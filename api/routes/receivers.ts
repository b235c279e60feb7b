/** `/v1/notifications/receivers`: who is told what needs a person. Addresses are write-only; even the audit does not show them. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { transaction } from '../../db/connection/client.ts';
import {
  type Delivery,
  deliveries,
  listReceivers,
  removeReceiver,
} from '../../db/queries/notify/receivers.ts';
import {
  CHANNELS,
  type Channel,
  describeScope,
  type Receiver,
  type ReceiverFault,
  receiverFaults,
} from '../../domain/notify/receiver.ts';
import { addReceiver, tryReceiver } from '../../notify/receivers.ts';
import { summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { visibleIds, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, stamp, wire } from '../schemas.ts';

const receiverId = z
  .string()
  .regex(/^rcv-[0-9a-f]{8}$/, 'take it from GET /v1/notifications/receivers')
  .describe('id of a receiver')
  .meta({ examples: ['rcv-1a2b3c4d'] });
const receiver = z
  .object({
    id: z.string(),
    name: z.string(),
    channel: z.enum(CHANNELS),
    place: z.string().describe('its destination, without possible secrets'),
    datasets: z.array(z.string()).nullable().describe('null: all open datasets, and the system'),
    created_at: stamp,
    created_by: z.string(),
    told_at: stamp.nullable().describe('when it last took a message'),
    waiting: z.int().describe('messages that it should have'),
    waiting_since: stamp.nullable(),
    error: z.string().nullable().describe('of the last attempt, where it failed'),
  })
  .meta({ id: 'Receiver' });
const list = z.object({ data: z.array(receiver) });
const added = z
  .object({
    receiver,
    secret: z.string().nullable().describe('signing secret; shown only this once'),
    summary,
  })
  .meta({ id: 'AddedReceiver' });
const body = z.strictObject({
  name: z.string().max(1_000).describe('whose it is'),
  channel: z.string().max(20).describe('webhook, slack or mail'),
  address: z.string().max(2_000).describe('a URL, or a mailbox; never shown again'),
  datasets: z
    .array(datasetId)
    .min(1)
    .max(200)
    .optional()
    .describe('default: all open datasets, and the system'),
});

export function receiverRoutes(api: Api, deps: ApiDependencies): void {
  const schema = { tags: ['notifications'] };
  api.get(
    '/v1/notifications/receivers',
    {
      config: { access: 'operator' },
      schema: {
        ...schema,
        summary: 'Receivers, and how they do',
        querystring: z.strictObject({}),
        response: { 200: list, ...problems(403) },
      },
    },
    async (request) => wire({ data: await visibleReceivers(deps, request) }) as z.output<typeof list>,
  );
  api.post(
    '/v1/notifications/receivers',
    {
      config: { access: 'operator', secrets: ['address'] },
      schema: {
        ...schema,
        summary: 'Add a receiver',
        description:
          'It is told of what is wrong now and of what goes wrong later, once each, and once when it is over. Webhooks are signed ' +
          'according to the Standard Webhooks specification; only this answer contains the secret.',
        body,
        response: { 201: added, ...problems(403, 404, 413, 415, 422) },
      },
    },
    async (request, reply) => reply.code(201).send(await add(deps, request, request.body)),
  );
  one(
    api,
    deps,
    'test',
    'Send a message to a receiver, on the way that all others take',
    async (found, by) => {
      await tryReceiver(deps.database, found, by);
      return `${found.id} is sent a message within a minute`;
    },
  );
  one(api, deps, 'remove', 'End a receiver, at once and permanently', async ({ id }) => {
    await transaction(deps.database, (sql) => removeReceiver(sql, id));
    return `${id} is removed; its address is forgotten`;
  });
}

/** Limits the receiver to the datasets that the key may see. @throws Problem 404, 422 */
async function add(deps: ApiDependencies, request: FastifyRequest, given: z.output<typeof body>) {
  const wrong = receiverFaults(given);
  if (wrong.length > 0) throw refusal(wrong);
  const datasets =
    given.datasets?.map((id) => visibleOfAnyKind(deps, request, id).id) ?? request.caller.datasets;
  const made = await addReceiver(deps.database, deps.notify ?? { allowPrivate: false }, {
    ...{ name: given.name.trim(), channel: given.channel as Channel, address: given.address },
    ...{ datasets, createdBy: request.caller.name },
  });
  if ('faults' in made) throw refusal(made.faults);
  const shown = await visibleReceiver(deps, request, made.receiver.id);
  const summary = `${shown.place} is told what needs a person: ${describeScope(shown)}`;
  return wire({ receiver: shown, secret: made.secret, summary }) as z.output<typeof added>;
}

function refusal(faults: readonly ReceiverFault[]): Problem {
  const message = faults.map(({ field, hint }) => `"${field}" is wrong: ${hint}`).join('; ');
  return new Problem(422, message, { faults: [...faults] });
}

function one(
  api: Api,
  deps: ApiDependencies,
  verb: string,
  title: string,
  act: (found: ShownReceiver, by: string) => Promise<string>,
): void {
  api.post(
    `/v1/notifications/receivers/:id/${verb}`,
    {
      config: { access: 'operator' },
      schema: {
        tags: ['notifications'],
        summary: title,
        params: z.strictObject({ id: receiverId }),
        body: z.strictObject({}),
        response: {
          200: z.object({ receiver: z.string(), summary }).meta({ id: 'ReceiverChanged' }),
          ...problems(403, 413, 415),
        },
      },
    },
    async (request) => {
      const found = await visibleReceiver(deps, request, request.params.id);
      return { receiver: found.id, summary: await act(found, request.caller.name) };
    },
  );
}

type ShownReceiver = Receiver & Partial<Delivery>;

/** With how they do. */
export async function visibleReceivers(
  deps: ApiDependencies,
  request: FastifyRequest,
): Promise<ShownReceiver[]> {
  const visible = new Set(visibleIds(deps, request));
  const maySee = ({ datasets }: Receiver) =>
    datasets === null ? request.caller.datasets === null : datasets.every((id) => visible.has(id));
  const how = new Map((await deliveries(deps.database)).map((each) => [each.receiver, each]));
  return (await listReceivers(deps.database))
    .filter(maySee)
    .map((each) => ({ ...each, ...how.get(each.id) }));
}

/** @throws Problem 404, both where it does not exist and where the caller may not see it. */
async function visibleReceiver(
  deps: ApiDependencies,
  request: FastifyRequest,
  id: string,
): Promise<ShownReceiver> {
  const found = (await visibleReceivers(deps, request)).find((each) => each.id === id);
  if (found) return found;
  throw new Problem(404, `no receiver "${id}"; GET /v1/notifications/receivers lists them`);
}
