/** `/v1/notifications/subscriptions`: who receives which events. Addresses are write-only; even the audit does not show them. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { describeSubscription } from '../../domain/notify/describe.ts';
import { EVENT_KINDS } from '../../domain/notify/event.ts';
import { readSubscription, type SubscriptionFault } from '../../domain/notify/read-subscription.ts';
import { subscribe } from '../../notify/subscribe.ts';
import { summary, words } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
import { subscription } from '../notify/schemas.ts';
import { visibleSubscription, visibleSubscriptions } from '../notify/visible.ts';
import { datasetId, wire } from '../schemas.ts';

const FIELDS: Readonly<Record<SubscriptionFault['field'], string>> = {
  ...{ channel: 'channel', address: 'address', kinds: 'kinds', datasets: 'datasets', severity: 'severity' },
  ...{
    leastDifference: 'least_difference',
    leastPercent: 'least_percent',
    hours: 'hours',
    timeZone: 'time_zone',
  },
  ...{ workdays: 'workdays', digest: 'digest' },
};

const body = z.strictObject({
  name: words.max(100).describe('name of its owner'),
  channel: z.string().max(20).describe('webhook, slack or mail'),
  address: z.string().max(2_000).describe('a URL, or a mailbox; never shown again'),
  kinds: z
    .array(z.string().max(40))
    .min(1)
    .max(EVENT_KINDS.length)
    .optional()
    .describe('default: all kinds of trouble'),
  datasets: z
    .array(datasetId)
    .min(1)
    .max(200)
    .optional()
    .describe('default: all open datasets, and the system'),
  severity: z.string().max(10).optional().describe('the least severity that is sent'),
  least_difference: z.number().optional().describe('revisions from this size on, in the unit of the dataset'),
  least_percent: z.number().optional().describe('revisions from this size on; either size is enough'),
  hours: z.string().max(20).optional().describe('07:00-19:00: messages outside of these hours wait'),
  time_zone: z.string().max(60).optional(),
  workdays: z.boolean().optional(),
  digest: z.string().max(10).optional().describe('hourly, or a time of day'),
});
const made = z
  .object({
    subscription,
    secret: z.string().nullable().describe('signing secret; shown only this once'),
    summary,
  })
  .meta({ id: 'Subscribed' });
const list = z.object({ data: z.array(subscription) });

export function subscriptionRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/notifications/subscriptions',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['notifications'],
        summary: 'Subscriptions and their delivery state',
        querystring: z.strictObject({}),
        response: { 200: list, ...problems(403) },
      },
    },
    async (request) => wire({ data: await visibleSubscriptions(deps, request) }) as z.output<typeof list>,
  );
  api.post(
    '/v1/notifications/subscriptions',
    {
      config: { access: 'operator', secrets: ['address'] },
      schema: {
        tags: ['notifications'],
        summary: 'Subscribe a receiver',
        description:
          'Webhooks are signed according to the Standard Webhooks specification; only this answer contains the secret.',
        body,
        response: { 201: made, ...problems(403, 404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { name } = request.body;
      const { settings, address } = settingsOf(deps, request, request.body);
      const { subscription, secret } = await subscribe(deps.database, settings, {
        name,
        address,
        by: request.caller.name,
      });
      const shown = await visibleSubscription(deps, request, subscription.id);
      const message = `${shown.place} receives ${describeSubscription(shown)}`;
      return reply
        .code(201)
        .send(wire({ subscription: shown, secret, summary: message }) as z.output<typeof made>);
    },
  );
}

/** Limits the subscription to the datasets that the key may see. @throws Problem 404, 422 */
function settingsOf(deps: ApiDependencies, request: FastifyRequest, given: z.output<typeof body>) {
  const datasets =
    given.datasets?.map((id) => visibleOfAnyKind(deps, request, id).id) ?? request.caller.datasets;
  const read = readSubscription({
    ...given,
    datasets: datasets ?? undefined,
    leastDifference: given.least_difference,
    leastPercent: given.least_percent,
    timeZone: given.time_zone,
  });
  if ('settings' in read) return read;
  const faults = read.faults.map(({ field, ...fault }) => ({ field: FIELDS[field], ...fault }));
  const message = faults.map(({ field, hint }) => `"${field}" is wrong: ${hint}`).join('; ');
  throw new Problem(422, message, { faults });
}
