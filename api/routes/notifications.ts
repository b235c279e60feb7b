/** `GET /v1/notifications`: what needs a person now, and whether receivers are told. */
import { z } from 'zod';
import { CAUSE_NAMES, CAUSES, summaryOf } from '../../domain/notify/incident.ts';
import { notifyHealth } from '../../notify/health.ts';
import { currentIncidents } from '../../notify/incidents.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleIds } from '../limits/access.ts';
import { incidentSources } from '../temporal.ts';
import { visibleReceivers } from './receivers.ts';

const cause = z.enum(CAUSE_NAMES);
const incident = z
  .object({
    cause,
    severity: z.enum(['block', 'warn']),
    dataset: z.string().nullable().describe('null: about the system'),
    subject: z.string().describe('a process, a run, a receiver; empty for days'),
    days: z.array(z.string()).describe('the delivery days concerned now'),
    summary: z.string(),
    run_book: z.string(),
  })
  .meta({ id: 'Incident' });
const overview = z
  .object({
    working: z.boolean().describe('false: some receivers are not told'),
    faults: z.array(z.string()).describe('why not'),
    receivers: z.int(),
    waiting: z.int().describe('messages that receivers should have'),
    incidents: z.array(incident).describe('computed from the ledger when it is requested'),
    unknown: z
      .array(cause)
      .describe('causes that could not be checked, because Temporal or a worker does not answer'),
  })
  .meta({ id: 'Notifications' });

export function notificationRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/notifications',
    {
      schema: {
        tags: ['notifications'],
        summary: 'What needs a person now, and whether receivers are told',
        querystring: z.strictObject({}),
        response: { 200: overview, ...problems(403) },
      },
    },
    async (request) => {
      const visible = new Set(visibleIds(deps, request));
      const receivers = new Set((await visibleReceivers(deps, request)).map(({ id }) => id));
      const { incidents, unknown } = await currentIncidents(deps.database, incidentSources(deps));
      const shown = incidents.filter(({ cause, dataset, subject }) =>
        cause === 'undelivered' ? receivers.has(subject) : dataset === null || visible.has(dataset),
      );
      return {
        ...(await notifyHealth(deps.database, (id) => receivers.has(id))),
        incidents: shown.map((each) => ({
          ...{ cause: each.cause, severity: CAUSES[each.cause].severity, dataset: each.dataset },
          ...{ subject: each.subject, days: [...each.days], summary: summaryOf(each) },
          run_book: `docs/recipes.md#${CAUSES[each.cause].recipe}`,
        })),
        unknown: [...unknown],
      } as z.output<typeof overview>;
    },
  );
}
