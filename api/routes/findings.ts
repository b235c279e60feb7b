/** Findings of a dataset, and what a person decides about them. */
import { z } from 'zod';
import { findingsPage } from '../../db/queries/days/quarantine.ts';
import { DECISION_VERBS } from '../../domain/interpret/decision.ts';
import type { DayOutcome, DecideDayInput } from '../../domain/workflow/messages.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { startDecision } from '../../temporal/decisions.ts';
import { errorMessageOf } from '../../temporal/error-message.ts';
import { findingSchema } from '../data/answer-schemas.ts';
import { nextPage } from '../data/paging.ts';
import { dayState, link, reason, summary, words } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems, wrongField } from '../http/problem.ts';
import { quoted, visibleIds, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, day, refuseOddYear, words as searchWords, wholeNumber, wire } from '../schemas.ts';
import { withTemporal } from '../temporal.ts';

const FINDINGS_OF_A_PAGE = 200;
const MOST_FINDINGS = 5_000;

const querystring = z.strictObject({
  dataset: datasetId.optional().describe('default: every dataset that you may see'),
  from: day.optional().describe('first delivery day'),
  to: day.optional().describe('last delivery day'),
  severity: z.enum(['block', 'warn', 'info']).optional(),
  rule: searchWords.optional().describe('code of a rule'),
  resolution: z.enum(['open', 'released', 'waived', 'superseded']).optional().describe('default: any'),
  after: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('the last id of the page before; stands in "next"'),
  limit: wholeNumber(1, MOST_FINDINGS).optional().describe(`default ${FINDINGS_OF_A_PAGE}`),
});

const answer = z
  .object({
    data: z.array(findingSchema.extend({ dataset: z.string() })).describe('newest first'),
    next: z.string().nullable().describe('the next page; null at the end'),
  })
  .meta({ id: 'Findings' });

export function findingRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/findings',
    {
      schema: {
        tags: ['days'],
        summary: 'Findings: what is wrong or odd in published data',
        querystring,
        response: { 200: answer, ...problems(422) },
      },
    },
    async (request) => {
      const { dataset, from, to, severity, rule, resolution, after, limit } = request.query;
      if (from !== undefined) refuseOddYear('from', from);
      if (to !== undefined) refuseOddYear('to', to);
      const wanted = limit ?? FINDINGS_OF_A_PAGE;
      const found = await findingsPage(deps.database, {
        datasets: dataset ? [visibleOfAnyKind(deps, request, dataset).id] : visibleIds(deps, request),
        ...{
          from: from ?? null,
          to: to ?? null,
          severities: severity ? [severity] : null,
          rule: rule ?? null,
        },
        ...{ resolution: resolution ?? null, before: after ?? null, limit: wanted + 1 },
      });
      const data = found.slice(0, wanted).map((each) => quoted(deps, request, each.dataset, each));
      const last = data.at(-1);
      const next = found.length > wanted && last ? { after: String(last.id) } : null;
      return { data: wire(data), next: nextPage(request.url, next) } as z.output<typeof answer>;
    },
  );
}

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
