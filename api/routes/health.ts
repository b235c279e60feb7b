/** Whether the process is alive and can answer, and metrics for a monitoring system. */
import { z } from 'zod';
import { lastCursor } from '../../db/queries/answers/changes.ts';
import { datasetOverviews } from '../../db/queries/catalog/overview.ts';
import { datasetInstants, missingPoints, quotaFigures } from '../../db/queries/operation/gauges.ts';
import { runningProcesses } from '../../db/queries/operation/processes.ts';
import { notifyHealth } from '../../notify/health.ts';
import { currentIncidents } from '../../notify/incidents.ts';
import { readinessOf } from '../../notify/readiness.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleIds } from '../limits/access.ts';
import {
  datasetMetrics,
  ledgerMetrics,
  measureApi,
  notifyMetrics,
  processMetrics,
  quotaMetrics,
} from '../metrics.ts';
import { incidentSources } from '../temporal.ts';

const fine = z.object({ status: z.literal('ok') });
const part = z.object({
  name: z.enum(['database', 'temporal', 'polling', 'sources']),
  fine: z.boolean(),
  needed: z.boolean().describe('without it the process is not ready'),
  message: z.string(),
});
const ready = z
  .object({ status: z.enum(['ok', 'not ready']), parts: z.array(part) })
  .meta({ id: 'Readiness' });

const config = { access: 'public', rateLimit: false } as const;

export function healthRoutes(api: Api, deps: ApiDependencies): void {
  const schema = { tags: ['operation'], querystring: z.strictObject({}) };
  api.get(
    '/healthz',
    {
      config,
      schema: { ...schema, summary: 'The process is alive', response: { 200: fine, ...problems() } },
    },
    () => ({ status: 'ok' as const }),
  );
  api.get(
    '/readyz',
    {
      config,
      schema: {
        ...schema,
        summary: 'Whether requests can be answered; the parts with their reasons',
        description:
          'Only the database is required: while Temporal is away, everything but operator calls is answered.',
        response: { ...problems(), 200: ready, 503: ready },
      },
    },
    async (_request, reply) => {
      const { ready, parts } = await readinessOf(checksOf(deps));
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready', parts: [...parts] });
    },
  );
}

function checksOf({ database, catalog, temporal }: ApiDependencies) {
  return {
    database,
    needs: ['database'] as const,
    ...incidentSources({ catalog, temporal }),
    askTemporal: async () => (await temporal()).client.workflowService.getSystemInfo({}),
  };
}

export function metricsRoutes(api: Api, deps: ApiDependencies): void {
  const { database } = deps;
  const own = measureApi(api, database);
  api.get(
    '/metrics',
    {
      schema: {
        tags: ['operation'],
        summary: 'Metrics in the Prometheus text format',
        querystring: z.strictObject({}),
        response: {
          200: { description: 'figures', content: { 'text/plain': { schema: z.string() } } },
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      const visible = new Set(visibleIds(deps, request));
      const figures = (await datasetOverviews(database)).filter(
        ({ dataset, enabled }) => enabled && visible.has(dataset),
      );
      const ledger = ledgerMetrics(figures, await lastCursor(database));
      const registries = [own, ledger, ...(await operation(visible))];
      const parts = await Promise.all(registries.map((registry) => registry.metrics()));
      const text = parts.join('');
      return reply.type(own.contentType).serializer(String).send(text);
    },
  );

  async function operation(visible: ReadonlySet<string>) {
    const isVisible = ({ dataset }: { readonly dataset: string }) => visible.has(dataset);
    const { incidents } = await currentIncidents(database, incidentSources(deps));
    return [
      datasetMetrics(
        (await datasetInstants(database)).filter(isVisible),
        (await missingPoints(database)).filter(isVisible),
      ),
      quotaMetrics(await quotaFigures(database)),
      notifyMetrics(
        await notifyHealth(database),
        incidents.filter(({ dataset }) => dataset === null || visible.has(dataset)),
      ),
      processMetrics(await runningProcesses(database)),
    ];
  }
}
