/** `POST /v1/datasets/{dataset}/days/rerun`: requests days again. A day that already has a run joins it instead of starting a second. */
import { z } from 'zod';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { type ChosenDay, chosenDays } from '../../db/queries/days/chosen-days.ts';
import type { RunnablePoints } from '../../domain/dataset/dataset.ts';
import { DAY_STATES } from '../../domain/days/ledger.ts';
import {
  type RerunChoice,
  type RerunField,
  type RerunInput,
  readRerun,
  WrongRerun,
} from '../../domain/days/rerun.ts';
import { concurrently } from '../../temporal/concurrently.ts';
import { runDay } from '../../temporal/days.ts';
import { dayState, link, planOnly, reason, runSchema, summary } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem, problems } from '../http/problem.ts';
import { runnableDataset } from '../limits/access.ts';
import { datasetId, day, wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

/** A request waits until all of its days are started. */
const MOST_DAYS = 400;
const LANES = 16;

const body = z.strictObject({
  days: z.array(day).min(1).max(MOST_DAYS).optional().describe('these days'),
  states: z
    .array(z.enum(DAY_STATES))
    .min(1)
    .max(DAY_STATES.length)
    .optional()
    .describe('every day in one of these states'),
  from: day.optional().describe('every day from this one on; or narrows "states"'),
  to: day.optional().describe('every day up to this one; or narrows "states"'),
  reason: reason.optional(),
  plan_only: planOnly,
});

const chosen = z.object({
  day: z.string().meta({ format: 'date' }),
  state: dayState.nullable().describe('null: nothing is recorded'),
  last_error: z.string().nullable(),
  before: runSchema.nullable().describe('the latest run so far'),
});
const plan = z.object({ data: z.array(chosen), summary }).meta({ id: 'RerunPlan' });
const started = z
  .object({
    data: z.array(
      chosen.extend({
        workflow_id: z.string(),
        run_id: z.string(),
        link,
        joined: z
          .boolean()
          .describe('the day already had a run, which now requests it at once; "before" names it'),
      }),
    ),
    summary,
  })
  .meta({ id: 'StartedReruns' });

const WORDS = {
  show: (field: RerunField) => `"${field}"`,
  ways: '"days" (a list), or "states" (a list), or "from" and "to"; a range also narrows "states"',
};

export function rerunRoutes(api: Api, deps: ApiDependencies): void {
  api.post(
    '/v1/datasets/:dataset/days/rerun',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['operation'],
        summary: 'Request days again, or recompute them',
        params: z.strictObject({ dataset: datasetId }),
        body,
        response: { 200: plan, 202: started, ...problems(403, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const dataset = runnableDataset(deps, request, request.params.dataset);
      const { plan_only, reason: _, ...input } = request.body;
      const choice = readChoice(dataset, input, deps.now());
      const days = (await chosenDays(deps.database, dataset.id, choice)).map((each) => linked(deps, each));
      if (days.length > MOST_DAYS)
        throw new Problem(
          422,
          `that is ${days.length} days; request at most ${MOST_DAYS}, or start a backfill with "days": "all"`,
        );
      if (plan_only) {
        const message = `${days.length} days would be requested; nothing was started`;
        return wire({ data: days, summary: message }) as z.output<typeof plan>;
      }
      await assertEnabled(deps.database, dataset.id);
      const reruns = await withTemporal(deps, request, (temporal) =>
        concurrently(days, LANES, async (each) => {
          const { workflowId, runId } = await runDay(temporal, {
            dataset: dataset.id,
            day: each.day,
            wait: false,
          });
          return {
            ...each,
            workflowId,
            runId,
            link: deps.workflowLink(workflowId, runId),
            joined: each.before?.runId === runId,
          };
        }),
      );
      const answer = { data: reruns, summary: `${reruns.length} days are requested` };
      return reply.code(202).send(wire(answer) as z.output<typeof started>);
    },
  );
}

function linked({ workflowLink }: ApiDependencies, { before, ...chosen }: ChosenDay) {
  return { ...chosen, before: before && { ...before, link: workflowLink(before.workflowId, before.runId) } };
}

/** @throws Problem 422 */
function readChoice(
  dataset: RunnablePoints,
  given: { readonly [F in RerunField]?: RerunInput[F] | undefined },
  now: Date,
): RerunChoice {
  const input = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as RerunInput;
  try {
    return readRerun(dataset, input, now.getTime(), WORDS);
  } catch (error) {
    if (!(error instanceof WrongRerun)) throw error;
    const { field = 'body', hint, message } = error;
    throw new Problem(422, message, { faults: [{ field, hint }] });
  }
}
