/** `GET /v1/backfills/{id}` and `POST /v1/backfills/{id}/steer`: shows and steers one backfill. */
import { z } from 'zod';
import { daysOfBackfill, listBackfills, type StoredBackfill } from '../../db/queries/operation/backfills.ts';
import { type BackfillProgress, ORDERS } from '../../domain/backfill/backfill.ts';
import { datasetOfBackfillId } from '../../domain/workflow/ids.ts';
import {
  cancelBackfill,
  isRunning,
  queryBackfill,
  statusOf,
  steerBackfill,
} from '../../temporal/backfills.ts';
import type { Temporal } from '../../temporal/connection.ts';
import {
  backfillSchema,
  link,
  plannedDaySchema,
  progressSchema,
  reason,
  summary,
  words,
} from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { maySee } from '../limits/access.ts';
import { wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const params = z.strictObject({
  id: words.max(300).describe('workflow id, such as backfill:jao-core.max-exchanges:2026-10-21..2026-11-20'),
});

const days = z
  .array(words.max(30))
  .min(1)
  .max(500)
  .describe('days or ranges: 2026-11-03, 2026-11-10..2026-11-12');

const body = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('pause'), reason }),
  z.strictObject({ action: z.literal('resume'), reason: reason.optional() }),
  z.strictObject({ action: z.literal('skip'), days, reason }),
  z.strictObject({ action: z.literal('cancel'), reason }),
  z.strictObject({
    action: z.literal('change'),
    concurrency: z.int().min(1).max(200).optional(),
    order: z.enum(ORDERS).optional(),
    stop_after_failures: z.int().min(0).max(100_000).optional().describe('0: never'),
    reason: reason.optional(),
  }),
]);

const answer = z
  .object({
    backfill: backfillSchema.nullable().describe('null until its plan is stored'),
    days: z.array(plannedDaySchema).describe('planned against done; outcomes are stored when it ends'),
    progress: progressSchema.nullable().describe('null when it does not run, or Temporal does not answer'),
  })
  .meta({ id: 'BackfillStory' });

const steered = z.object({ workflow_id: z.string(), link, progress: progressSchema, summary });

export function oneBackfillRoutes(api: Api, deps: ApiDependencies): void {
  const config = { access: 'operator' } as const;
  const tags = ['operation'];
  api.get(
    '/v1/backfills/:id',
    {
      config,
      schema: {
        ...{ tags, params, querystring: z.strictObject({}) },
        summary: 'A backfill: progress, and planned against done',
        response: { 200: answer, ...problems(403) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const stored = await visibleBackfill(deps, request.caller, id);
      const alive = await withTemporal(deps, request, (temporal) => isRunning(temporal, id)).catch(unknown);
      if (!stored && !alive) throw noBackfill(id);
      const queried = alive
        ? await withTemporal(deps, request, (temporal) => queryBackfill(temporal, id)).catch(unknown)
        : null;
      const status =
        alive === null && !stored?.finishedAt ? 'unknown' : stored && statusOf(stored, alive ? [id] : []);
      const backfill = stored && { ...stored, status, link: deps.workflowLink(id, stored.runId) };
      const planned = stored ? await daysOfBackfill(deps.database, stored.id) : [];
      const story = { backfill: backfill ?? null, days: planned, progress: queried?.progress ?? null };
      return wire(story) as z.output<typeof answer>;
    },
  );
  api.post(
    '/v1/backfills/:id/steer',
    {
      config,
      schema: {
        ...{ tags, params, body },
        summary: 'Pause, resume, change or cancel a running backfill, or exclude days',
        response: { 200: steered, ...problems(403, 409, 413, 415, 422) },
      },
    },
    async (request) => {
      const { id } = request.params;
      await visibleBackfill(deps, request.caller, id);
      const act = actOf(id, request.body, request.caller.name);
      const progress = await withTemporal(deps, request, act);
      const body = {
        workflowId: id,
        link: deps.workflowLink(id),
        progress,
        summary: summaryOf(request.body.action, progress),
      };
      return wire(body) as z.output<typeof steered>;
    },
  );
}

/** As stored; undefined until its plan is stored. @throws Problem 404, also where the caller may not see it. */
async function visibleBackfill(
  { catalog, database }: ApiDependencies,
  caller: Parameters<typeof maySee>[0],
  id: string,
): Promise<StoredBackfill | undefined> {
  const [stored] = await listBackfills(database, { workflowId: id, limit: 1 });
  const about = stored?.dataset ?? datasetOfBackfillId(id);
  if (catalog.datasets.some((dataset) => dataset.id === about && maySee(caller, dataset))) return stored;
  throw noBackfill(id);
}

function noBackfill(id: string): Problem {
  return new Problem(404, `no backfill "${id}"; write a workflow_id, which GET /v1/backfills lists`);
}

/** While Temporal is away, its part of the answer is left out. */
function unknown(error: unknown): null {
  if (error instanceof Problem) return null;
  throw error;
}

type Steering = z.output<typeof body>;

function actOf(
  id: string,
  steering: Steering,
  by: string,
): (temporal: Temporal) => Promise<BackfillProgress> {
  const { action, reason } = steering;
  const why = { by, ...(reason === undefined ? {} : { reason }) };
  switch (action) {
    case 'cancel':
      return (temporal) => cancelBackfill(temporal, id, { by, reason: steering.reason });
    case 'skip':
      return (temporal) => steerBackfill(temporal, id, 'skip', { ...why, days: steering.days });
    case 'change':
      return (temporal) => steerBackfill(temporal, id, 'steer', changeOf(steering));
    default:
      return (temporal) => steerBackfill(temporal, id, action, why);
  }
}

function changeOf({
  concurrency,
  order,
  stop_after_failures,
}: Extract<Steering, { action: 'change' }>): object {
  const change = { concurrency, order, stopAfterFailures: stop_after_failures };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function summaryOf(
  action: Steering['action'],
  { done, total, running, paused, dataset }: BackfillProgress,
): string {
  const waits = paused === null ? '' : `; paused: ${paused}`;
  return `${action}: taken. ${dataset}: ${done} of ${total} days done, ${running.length} in progress${waits}`;
}
