/** `GET /v1/notifications`: whether notifications work, and what is wrong now. `/events`: all events from a cursor on. */
import { z } from 'zod';
import { eventsSince } from '../../db/queries/notify/events.ts';
import { openIncidents } from '../../db/queries/notify/incidents.ts';
import { eventBody, type NotifyEvent } from '../../domain/notify/event.ts';
import { notifyHealth } from '../../notify/health.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleIds } from '../limits/access.ts';
import { event, kind } from '../notify/schemas.ts';
import { mayShowSubscription } from '../notify/visible.ts';
import { stamp, wholeNumber, wire } from '../schemas.ts';

const incident = z
  .object({
    key: z.string(),
    kind,
    dataset: z.string().nullable(),
    subject: z.string(),
    began_at: stamp,
    days: z.array(z.string()).describe('all days concerned, past and present'),
    open_days: z.array(z.string()).describe('the days still concerned'),
    summary: z.string(),
  })
  .meta({ id: 'Incident' });
const overview = z
  .object({
    working: z.boolean().describe('false: some notifications do not reach their receivers'),
    faults: z.array(z.string()).describe('why not'),
    subscriptions: z.int(),
    pending: z.int(),
    dead: z.int(),
    incidents: z.array(incident),
  })
  .meta({ id: 'Notifications' });
const page = z.object({ data: z.array(event), cursor: z.int().describe('where to go on') });

export function notificationRoutes(api: Api, deps: ApiDependencies): void {
  addOverview(api, deps);
  api.get(
    '/v1/notifications/events',
    {
      schema: {
        tags: ['notifications'],
        summary: 'Events after a cursor, oldest first',
        description:
          'A client that continues from its last cursor misses nothing. Events are kept for 90 days.',
        querystring: z.strictObject({
          since: wholeNumber(0, Number.MAX_SAFE_INTEGER)
            .default(0)
            .describe('the last cursor that you have seen'),
          limit: wholeNumber(1, 1_000).default(100),
        }),
        response: { 200: page, ...problems(403) },
      },
    },
    async (request) => {
      const { since, limit } = request.query;
      const question = { since, limit, datasets: visibleIds(deps, request), kinds: null };
      const events = await eventsSince(deps.database, question);
      const mayShow = await mayShowSubscription(deps, request);
      const shown = events.filter((each) => {
        const subscription = subscriptionOf(each);
        return subscription === undefined || mayShow(subscription);
      });
      return {
        data: shown.map((each) => eventBody(each, { page: '' })),
        cursor: events.at(-1)?.id ?? since,
      } as z.output<typeof page>;
    },
  );
}

/** The subscription that an event is about, if any. */
function subscriptionOf({ kind, details }: NotifyEvent): string | undefined {
  if (kind === 'test') return String(details.subscription);
  return kind === 'undelivered' ? String(details.subject) : undefined;
}

function addOverview(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/notifications',
    {
      schema: {
        tags: ['notifications'],
        summary: 'Whether notifications work, and what is wrong now',
        querystring: z.strictObject({}),
        response: { 200: overview, ...problems(403) },
      },
    },
    async (request) => {
      const visible = new Set(visibleIds(deps, request));
      const mayShow = await mayShowSubscription(deps, request);
      const health = await notifyHealth(deps.database, mayShow);
      const open = (await openIncidents(deps.database)).filter(({ dataset, kind, subject }) =>
        kind === 'undelivered' ? mayShow(subject) : dataset === null || visible.has(dataset),
      );
      const incidents = open.map(({ key, kind, dataset, subject, beganAt, days, openDays, summary }) => ({
        ...{ key, kind, dataset, subject, beganAt, days, openDays },
        summary,
      }));
      return wire({ ...health, incidents }) as z.output<typeof overview>;
    },
  );
}
