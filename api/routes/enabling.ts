/** `POST /v1/datasets/{dataset}/enable` and `/disable`: chooses whether this installation runs a dataset. */
import { z } from 'zod';
import { switchByHand } from '../../db/migration/enabling.ts';
import { costOfMonth, describeCost } from '../../domain/backfill/month-cost.ts';
import { describeSwitched } from '../../domain/dataset/enabling.ts';
import { beginWork, endWork } from '../../temporal/enabling.ts';
import { reason, summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
import { datasetId } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const answer = z
  .object({
    dataset: z.string(),
    enabled: z.boolean(),
    changed: z.boolean().describe('false: it was so already'),
    summary,
  })
  .meta({ id: 'Enabling' });

export function enablingRoutes(api: Api, deps: ApiDependencies): void {
  addRoute(api, deps, true, 'Request, take and expect data of a dataset');
  addRoute(api, deps, false, 'Request and take nothing more of a dataset; its data stay and can be read');
}

function addRoute(api: Api, deps: ApiDependencies, enabled: boolean, summary: string): void {
  api.post(
    `/v1/datasets/:dataset/${enabled ? 'enable' : 'disable'}`,
    {
      config: { access: 'operator' },
      schema: {
        tags: ['operation'],
        summary,
        description: 'Refused where the setting TIDEMARK_ENABLED decides which datasets are enabled.',
        params: z.strictObject({ dataset: datasetId }),
        body: z.strictObject({ reason: reason.optional() }),
        response: { 200: answer, ...problems(403, 409, 413, 415, 422) },
      },
    },
    async (request) => {
      const { all } = deps.catalog;
      const dataset = visibleOfAnyKind(deps, request, request.params.dataset);
      const ids = [dataset.id];
      const changed = await withTemporal(deps, request, async (temporal) => {
        const done = await switchByHand(deps.database, all, { ids, enabled, by: request.caller.name });
        await (enabled ? beginWork(temporal, deps.catalog, ids) : endWork(temporal, ids));
        return done.length > 0;
      });
      const switched = { dataset: dataset.id, enabled, changed };
      const cost = describeCost(costOfMonth([dataset], new Map(), deps.now().getTime()));
      return { ...switched, summary: describeSwitched(switched, all, cost) };
    },
  );
}
