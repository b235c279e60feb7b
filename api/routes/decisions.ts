/** `POST /v1/datasets/{dataset}/days/{day}/decisions`: release or waive findings, declare a day absent or expected. */
import { z } from 'zod';
import { DECISION_VERBS } from '../../domain/interpret/decision.ts';
import type { DayOutcome, DecideDayInput } from '../../domain/workflow/messages.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { startDecision } from '../../temporal/decisions.ts';
import { errorMessageOf } from '../../temporal/error-message.ts';
import { dayState, link, reason, summary, words } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems, wrongField } from '../http/problem.ts';
import { visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, day, wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const body = z.strictObject({
  verb: z
    .enum(DECISION_VERBS)
    .describe(
      'release: write quarantined values after all · waive: leave them out · absent, expected: about the whole day',
    ),
  findings: z.array(z.int().min(1)).min(1).max(1_000).optional().describe('ids of open findings of the day'),
  rule: words.max(100).optional().describe('instead: all open findings of this rule'),
  reason,
});

const outcome = z.object({
  dataset: z.string(),
  day: z.string().meta({ format: 'date' }),
  state: dayState,
  expected_points: z.int(),
  present_points: z.int(),
  quarantined_points: z.int(),
  revision: z.int(),
  new_points: z.int(),
  revised_points: z.int(),
  nulled_points: z.int(),
  summary: z.string(),
});
const decided = z
  .object({ workflow_id: z.string(), run_id: z.string(), link, outcome: outcome.nullable(), summary })
  .meta({ id: 'Decided' });

export function decisionRoutes(api: Api, deps: ApiDependencies): void {
  api.post(
    '/v1/datasets/:dataset/days/:day/decisions',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['operation'],
        summary: 'Decide about findings, or about a whole day',
        description:
          'Recorded under the name of the key. 202: accepted, but no worker has carried it out yet.',
        params: z.strictObject({ dataset: datasetId, day }),
        body,
        response: { 200: decided, 202: decided, ...problems(403, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { id: dataset } = visibleOfAnyKind(deps, request, request.params.dataset);
      const input = {
        dataset,
        day: request.params.day,
        by: request.caller.name,
        ...decisionOf(request.body),
      };
      const { workflowId, runId, outcome } = await withTemporal(deps, request, (temporal) =>
        decideSoon(temporal, input),
      );
      const message =
        outcome?.summary ?? `${input.verb}: no worker has done it yet; it will be done when one runs`;
      const answer = {
        workflowId,
        runId,
        link: deps.workflowLink(workflowId, runId),
        outcome,
        summary: message,
      };
      return reply.code(outcome ? 200 : 202).send(wire(answer) as z.output<typeof decided>);
    },
  );
}

/** Starts the decision, and waits for its result as long as the request may take. */
async function decideSoon(
  temporal: Temporal,
  { verb, ...input }: Omit<DecideDayInput, 'decision'> & { readonly verb: DecideDayInput['decision'] },
) {
  const { workflowId, runId, result } = await startDecision(temporal, { ...input, decision: verb });
  const outcome = await result().catch((error: unknown): DayOutcome | null => {
    if (errorMessageOf(error)?.kind === 'away') return null;
    throw error;
  });
  return { workflowId, runId, outcome };
}

/** @throws Problem 422 */
function decisionOf({ verb, findings, rule, reason }: z.output<typeof body>) {
  const aboutFindings = verb === 'release' || verb === 'waive';
  if (aboutFindings && (findings === undefined) === (rule === undefined))
    throw wrongField('findings', findings, `say which to ${verb}: either "findings" or "rule"`, 422);
  if (!aboutFindings && (findings !== undefined || rule !== undefined))
    throw wrongField('verb', verb, 'it is about the whole day: leave out "findings" and "rule"', 422);
  return { verb, reason, ...(findings ? { findings } : {}), ...(rule === undefined ? {} : { rule }) };
}
