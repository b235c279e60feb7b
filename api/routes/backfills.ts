/** `POST` and `GET /v1/backfills`: plan, start and list backfills. One of them: `backfill.ts`. */
import { z } from 'zod';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { knownDays, listBackfills } from '../../db/queries/operation/backfills.ts';
import { ACTIONS, type BackfillInput, CHOICES, ORDERS } from '../../domain/backfill/backfill.ts';
import { readBackfillInput } from '../../domain/backfill/backfill-input.ts';
import { backfillRangeFaults } from '../../domain/backfill/backfill-range.ts';
import { makePlan } from '../../domain/backfill/make-plan.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import { runningOf, startBackfill, statusOf } from '../../temporal/backfills.ts';
import { nextPage } from '../data/paging.ts';
import { backfillSchema, dayState, link, planOnly, reason, summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems, wrongField } from '../http/problem.ts';
import { maySee, polledDataset, visibleDataset } from '../limits/access.ts';
import { datasetId, day, instant, wholeNumber, wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const body = z.strictObject({
  dataset: datasetId,
  from: day,
  to: day,
  days: z.enum(['incomplete', 'all']).optional().describe('default: incomplete'),
  only: z
    .array(z.enum(CHOICES))
    .min(1)
    .max(CHOICES.length)
    .optional()
    .describe('only such days; combines with the next three'),
  not_checked_since: instant.optional(),
  changed_since: instant.optional(),
  decoder_older_than: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('days decoded by an older version; read again from their stored bytes'),
  concurrency: z.int().min(1).max(200).optional().describe('days in progress at once; default: 16'),
  order: z.enum(ORDERS).optional().describe('default: newest'),
  stop_after_failures: z.int().min(1).max(100_000).optional().describe('pause after this many failed days'),
  paused: z.boolean().optional().describe('make the plan and wait for "resume"'),
  reason: reason.optional(),
  plan_only: planOnly,
});

const plan = z
  .object({
    days: z.int(),
    requests: z.int().describe('to the source, if none has to be repeated'),
    minutes: z.number().describe("how long they take at the source's quota"),
    rows: z.int().describe('expected points'),
    actions: z
      .record(z.string(), z.record(z.string(), z.array(z.string())))
      .describe('which days, by action and why'),
    plan: z.array(
      z.object({
        day: z.string().meta({ format: 'date' }),
        state: dayState.nullable(),
        reason: z.string(),
        action: z.enum(ACTIONS),
        rows: z.int(),
      }),
    ),
    summary,
  })
  .meta({ id: 'BackfillPlan' });

const started = z
  .object({
    workflow_id: z.string(),
    run_id: z.string(),
    link,
    joined: z
      .boolean()
      .describe(
        'a backfill of the same range was already running and goes on unchanged; these options are ignored',
      ),
    summary,
  })
  .meta({ id: 'StartedBackfill' });

export function backfillRoutes(api: Api, deps: ApiDependencies): void {
  const config = { access: 'operator' } as const;
  api.post(
    '/v1/backfills',
    {
      config,
      schema: {
        tags: ['operation'],
        summary: 'Start a backfill, or show its plan',
        body,
        response: {
          200: plan,
          202: started,
          ...problems(403, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { reason: _, plan_only, ...options } = request.body;
      const dataset = polledDataset(deps, request, options.dataset);
      const input = readInput(dataset, options, deps.now());
      if (plan_only) return await planOf(deps, dataset, input);
      await assertEnabled(deps.database, dataset.id);
      const { workflowId, runId, joined } = await withTemporal(deps, request, (temporal) =>
        startBackfill(temporal, input),
      );
      const state = joined ? 'was running already and goes on as it was started' : 'is running';
      return reply.code(202).send({
        ...{ workflow_id: workflowId, run_id: runId, joined },
        link: deps.workflowLink(workflowId, runId),
        summary: `${workflowId} ${state}`,
      });
    },
  );
  api.get(
    '/v1/backfills',
    {
      config,
      schema: {
        tags: ['operation'],
        summary: 'Backfills, newest first',
        querystring: z.strictObject({
          dataset: datasetId.optional(),
          after: wholeNumber(1, Number.MAX_SAFE_INTEGER)
            .optional()
            .describe('where the page before ended; stands in "next"'),
          limit: wholeNumber(1, 500).default(50),
        }),
        response: {
          200: z.object({ data: z.array(backfillSchema), next: z.string().nullable() }),
          ...problems(403),
        },
      },
    },
    async (request) => {
      const { dataset, after, limit } = request.query;
      const visible = deps.catalog.datasets
        .filter((each) => maySee(request.caller, each))
        .map(({ id }) => id);
      const datasets = dataset === undefined ? visible : [visibleDataset(deps, request, dataset).id];
      const filter = { datasets, ...(after === undefined ? {} : { before: after }), limit: limit + 1 };
      const found = await listBackfills(deps.database, filter);
      const page = found.slice(0, limit);
      const running = page.some(({ finishedAt }) => finishedAt === null)
        ? await withTemporal(deps, request, (temporal) => runningOf(temporal, page)).catch(unlessAway)
        : [];
      const data = page.map((backfill) => ({
        ...backfill,
        status: running || backfill.finishedAt ? statusOf(backfill, running ?? []) : 'unknown',
        link: deps.workflowLink(backfill.workflowId, backfill.runId),
      }));
      const last = page.at(-1);
      const more = found.length > limit && last ? { after: String(last.id) } : null;
      return { data: wire(data) as z.output<typeof backfillSchema>[], next: nextPage(request.url, more) };
    },
  );
}

/** Without Temporal the stored part is still shown; only whether the backfill runs is unknown. */
function unlessAway(error: unknown): null {
  if (error instanceof Problem && error.status === 503) return null;
  throw error;
}

type BackfillOptions = Omit<z.output<typeof body>, 'reason' | 'plan_only'>;

/** @throws Problem 422 */
function readInput(dataset: PulledPoints, options: BackfillOptions, now: Date): BackfillInput {
  const {
    from,
    to,
    days,
    not_checked_since,
    changed_since,
    decoder_older_than,
    stop_after_failures,
    ...same
  } = options;
  if (from > to) throw wrongField('to', to, `it is before "from" (${from}); swap them`, 422);
  const chosen = [options.only, not_checked_since, changed_since, decoder_older_than].some(
    (each) => each !== undefined,
  );
  if (days !== undefined && chosen)
    throw wrongField('days', days, 'leave it out, or leave out what chooses days otherwise', 422);
  const faults = backfillRangeFaults(dataset, options, now.getTime());
  if (faults.length > 0)
    throw new Problem(422, faults.map(({ summary }) => summary).join('; '), {
      faults: faults.map(({ field, value, hint }) => ({ field, value, hint })),
    });
  const renamed = {
    ...{ from, to, days, ...same },
    ...{ notCheckedSince: not_checked_since, changedSince: changed_since },
    ...{ decoderOlderThan: decoder_older_than, stopAfterFailures: stop_after_failures },
  };
  return readBackfillInput(
    Object.fromEntries(Object.entries(renamed).filter(([, value]) => value !== undefined)),
  );
}

async function planOf({ database, now }: ApiDependencies, dataset: PulledPoints, input: BackfillInput) {
  const { days, summary } = makePlan(dataset, input, await knownDays(database, input), now().getTime());
  const { requests, minutes } = summary;
  return {
    ...(wire({ ...summary, plan: days }) as Omit<z.output<typeof plan>, 'summary'>),
    summary: `${summary.days} days: ${requests} requests, ${minutes} minutes at the source's quota; nothing was started`,
  };
}
