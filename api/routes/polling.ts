/** Polling is paused and resumed, datasets are enabled and disabled. */
import { z } from 'zod';
import { switchByHand } from '../../db/migration/enabling.ts';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { costOfMonth, describeCost } from '../../domain/backfill/month-cost.ts';
import { describeSwitched } from '../../domain/dataset/enabling.ts';
import type { PauseVerb } from '../../domain/workflow/pause-note.ts';
import { beginWork, endWork } from '../../temporal/enabling.ts';
import { describePausing, setPaused } from '../../temporal/pausing.ts';
import { reason, summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { runnableDataset, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const params = z.strictObject({ dataset: datasetId });

const pausedAnswer = z
  .object({
    dataset: z.string(),
    schedule: z.string().describe('its id in Temporal'),
    paused: z.boolean(),
    changed: z.boolean().describe('false: it was so already'),
    note: z.string(),
    runs_in_progress: z.int().describe('they are not interrupted'),
    summary,
  })
  .meta({ id: 'Polling' });

export function pollingRoutes(api: Api, deps: ApiDependencies): void {
  addPausing(
    api,
    deps,
    'pause',
    'paused',
    z.strictObject({ reason }),
    'Stop polling a dataset until it is resumed',
  );
  const resumed = z.strictObject({ reason: reason.optional() });
  addPausing(
    api,
    deps,
    'resume',
    'resumed',
    resumed,
    'Poll a paused dataset again, at once for what has become due',
  );
}

function addPausing(
  api: Api,
  deps: ApiDependencies,
  path: 'pause' | 'resume',
  verb: PauseVerb,
  body: z.ZodType<{ reason?: string | undefined }>,
  summary: string,
): void {
  api.post(
    `/v1/datasets/:dataset/${path}`,
    {
      config: { access: 'operator' },
      schema: {
        tags: ['operation'],
        summary,
        params,
        body,
        response: { 200: pausedAnswer, ...problems(403, 409, 413, 415) },
      },
    },
    async (request) => {
      const { id: dataset } = runnableDataset(deps, request, request.params.dataset);
      await assertEnabled(deps.database, dataset);
      const { reason = '' } = request.body;
      const change = { dataset, verb, by: request.caller.name, reason, at: deps.now() };
      const paused = await withTemporal(deps, request, (temporal) => setPaused(temporal, change));
      return wire({ ...paused, summary: describePausing(verb, paused) }) as z.output<typeof pausedAnswer>;
    },
  );
}

const enabledAnswer = z
  .object({
    dataset: z.string(),
    enabled: z.boolean(),
    changed: z.boolean().describe('false: it was so already'),
    summary,
  })
  .meta({ id: 'Enabling' });

export function enablingRoutes(api: Api, deps: ApiDependencies): void {
  addEnabling(api, deps, true, 'Request, take and expect data of a dataset');
  addEnabling(api, deps, false, 'Request and take nothing more of a dataset; its data stay and can be read');
}

function addEnabling(api: Api, deps: ApiDependencies, enabled: boolean, summary: string): void {
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
        response: { 200: enabledAnswer, ...problems(403, 409, 413, 415, 422) },
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
