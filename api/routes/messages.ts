/** `/v1/notifications/messages`: what was sent to whom, including dead letters, and resending those. */
import { z } from 'zod';
import { listMessages, resendDead } from '../../db/queries/notify/messages.ts';
import { summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { message, subscriptionId } from '../notify/schemas.ts';
import { visibleSubscription, visibleSubscriptions } from '../notify/visible.ts';
import { wholeNumber, wire } from '../schemas.ts';

const list = z.object({ data: z.array(message) });
const resent = z.object({ messages: z.int(), summary }).meta({ id: 'Resent' });

export function messageRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/notifications/messages',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['notifications'],
        summary: 'Messages, newest first; dead letters with the reason',
        querystring: z.strictObject({
          state: z.enum(['pending', 'sent', 'dead']).optional(),
          subscription: subscriptionId.optional(),
          limit: wholeNumber(1, 1_000).default(100),
        }),
        response: { 200: list, ...problems(403) },
      },
    },
    async (request) => {
      const { state = null, subscription = null, limit } = request.query;
      const visible = new Set((await visibleSubscriptions(deps, request)).map(({ id }) => id));
      const found = await listMessages(deps.database, { state, subscription, limit });
      return wire({ data: found.filter((each) => visible.has(each.subscription)) }) as z.output<typeof list>;
    },
  );
  api.post(
    '/v1/notifications/subscriptions/:id/resend',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['notifications'],
        summary: 'Resend the dead letters of a subscription under the same keys',
        params: z.strictObject({ id: subscriptionId }),
        body: z.strictObject({
          messages: z.array(z.int().min(1)).min(1).max(1_000).optional().describe('left out: all'),
        }),
        response: { 200: resent, ...problems(403, 413, 415) },
      },
    },
    async (request) => {
      const { id } = await visibleSubscription(deps, request, request.params.id);
      const messages = await resendDead(deps.database, request.body.messages ?? null, id);
      return { messages, summary: `${messages} messages are on their way again` };
    },
  );
}
