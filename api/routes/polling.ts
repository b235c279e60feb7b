/** `POST /v1/datasets/{dataset}/pause` and `/resume`: pauses and resumes polling for new days. */
import { z } from 'zod';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import type { PauseVerb } from '../../domain/workflow/pause-note.ts';
import { describePausing, setPaused } from '../../temporal/pausing.ts';
import { reason, summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { runnableDataset } from '../limits/access.ts';
import { datasetId, wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const params = z.strictObject({ dataset: datasetId });

const answer = z
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
  addRoute(
    api,
    deps,
    'pause',
    'paused',
    z.strictObject({ reason }),
    'Stop polling a dataset until it is resumed',
  );
  const resumed = z.strictObject({ reason: reason.optional() });
  addRoute(
    api,
    deps,
    'resume',
    'resumed',
    resumed,
    'Poll a paused dataset again, at once for what has become due',
  );
}

function addRoute(
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
        response: { 200: answer, ...problems(403, 409, 413, 415) },
      },
    },
    async (request) => {
      const { id: dataset } = runnableDataset(deps, request, request.params.dataset);
      await assertEnabled(deps.database, dataset);
      const { reason = '' } = request.body;
      const change = { dataset, verb, by: request.caller.name, reason, at: deps.now() };
      const paused = await withTemporal(deps, request, (temporal) => setPaused(temporal, change));
      return wire({ ...paused, summary: describePausing(verb, paused) }) as z.output<typeof answer>;
    },
  );
}
