/** One subscription: test, pause, resume or remove it, and resend its events since a cursor. */
import { z } from 'zod';
import { transaction } from '../../db/connection/client.ts';
import { replayMessages } from '../../db/queries/notify/messages.ts';
import { pauseSubscription, removeSubscription } from '../../db/queries/notify/subscriptions.ts';
import { trySubscription } from '../../notify/subscribe.ts';
import { reason, summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { subscriptionId } from '../notify/schemas.ts';
import { type Shown, visibleSubscription } from '../notify/visible.ts';

const params = z.strictObject({ id: subscriptionId });
const done = z.object({ subscription: z.string(), summary }).meta({ id: 'SubscriptionChanged' });
type Act<B> = (database: ApiDependencies['database'], found: Shown, by: string, body: B) => Promise<string>;

export function oneSubscriptionRoutes(api: Api, deps: ApiDependencies): void {
  add(
    api,
    deps,
    'test',
    'Send a message to a subscription, on the way that all others take',
    z.strictObject({}),
    async (database, found, by) => {
      const key = await trySubscription(database, found, by);
      return `a message with the key ${key} is on its way`;
    },
  );
  add(
    api,
    deps,
    'pause',
    'Tell a subscription nothing until it is resumed',
    z.strictObject({ reason }),
    async (database, { id }, by, { reason: why }) => {
      await pauseSubscription(database, id, { by, why });
      return `${id} is paused; messages wait meanwhile`;
    },
  );
  add(api, deps, 'resume', 'Go on after a pause', z.strictObject({}), async (database, { id }) => {
    await pauseSubscription(database, id, null);
    return `${id} receives messages again; those that waited come first`;
  });
  const since = z.strictObject({
    since: z.int().min(0).describe('cursor of the last event that its receiver has'),
  });
  add(
    api,
    deps,
    'replay',
    'Resend the events of a subscription',
    since,
    async (database, { id }, _by, body) => {
      const messages = await replayMessages(database, id, body.since);
      return `${messages} messages are sent again, under the same keys`;
    },
  );
  add(
    api,
    deps,
    'remove',
    'End a subscription, at once and permanently',
    z.strictObject({}),
    async (database, { id }, by) => {
      await transaction(database, (sql) => removeSubscription(sql, id, by));
      return `${id} is removed; its address is forgotten`;
    },
  );
}

function add<B>(
  api: Api,
  deps: ApiDependencies,
  verb: string,
  summary: string,
  body: z.ZodType<B>,
  act: Act<B>,
): void {
  api.post(
    `/v1/notifications/subscriptions/:id/${verb}`,
    {
      config: { access: 'operator' },
      schema: {
        tags: ['notifications'],
        summary,
        params,
        body,
        response: { 200: done, ...problems(403, 413, 415) },
      },
    },
    async (request) => {
      const found = await visibleSubscription(deps, request, request.params.id);
      const message = await act(deps.database, found, request.caller.name, request.body as B);
      return { subscription: found.id, summary: message };
    },
  );
}
