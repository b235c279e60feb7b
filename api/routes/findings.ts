/** `GET /v1/findings`: what is wrong or odd, newest first. */
import { z } from 'zod';
import { findingsPage } from '../../db/queries/days/quarantine.ts';
import { findingSchema } from '../data/knowledge-schemas.ts';
import { nextPage } from '../data/paging.ts';
import { refuseOddYear } from '../data/years.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleIds, visibleOfAnyKind } from '../limits/access.ts';
import { quoted } from '../records/personal.ts';
import { datasetId, day, wholeNumber, wire, words } from '../schemas.ts';

const FINDINGS_OF_A_PAGE = 200;
const MOST_FINDINGS = 5_000;

const querystring = z.strictObject({
  dataset: datasetId.optional().describe('default: every dataset that you may see'),
  from: day.optional().describe('first delivery day'),
  to: day.optional().describe('last delivery day'),
  severity: z.enum(['block', 'warn', 'info']).optional(),
  rule: words.optional().describe('code of a rule'),
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
