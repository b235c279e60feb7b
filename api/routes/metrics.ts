/** `GET /metrics`: for a monitoring system. Needs the same access as reading, and covers only datasets that the caller may see. */
import { z } from 'zod';
import { lastCursor } from '../../db/queries/answers/changes.ts';
import { datasetOverviews } from '../../db/queries/catalog/overview.ts';
import { datasetInstants, missingPoints, quotaFigures } from '../../db/queries/operation/gauges.ts';
import { runningProcesses } from '../../db/queries/operation/processes.ts';
import { notifyHealth } from '../../notify/health.ts';
import { currentIncidents } from '../../notify/incidents.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleIds } from '../limits/access.ts';
import { ledgerMetrics } from '../metrics/ledger-metrics.ts';
import { measureApi } from '../metrics/metrics.ts';
import { datasetMetrics, notifyMetrics, processMetrics, quotaMetrics } from '../metrics/operation-metrics.ts';
import { incidentSources } from '../notify/incident-sources.ts';

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
