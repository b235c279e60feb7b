/** `GET /v1/audit`: who did what through the API, why and with what result. */
import { z } from 'zod';
import { listAudit } from '../../db/queries/operation/audit.ts';
import { nextPage } from '../data/paging.ts';
import { words } from '../days/operator-schemas.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { visibleIds, visibleOfAnyKind } from '../limits/access.ts';
import { datasetId, stamp, wholeNumber, wire } from '../schemas.ts';

const entry = z
  .object({
    id: z.int(),
    at: stamp,
    key_id: z.string().nullable(),
    by: z.string().describe('name of the key'),
    action: z.string().describe('method and route'),
    dataset: z.string().nullable(),
    input: z.unknown().describe('parameters of the path and body'),
    reason: z.string().nullable(),
    status: z.int().describe('of the answer'),
    outcome: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
const answer = z.object({ data: z.array(entry), next: z.string().nullable() });

export function auditRoutes(api: Api, deps: ApiDependencies): void {
  api.get(
    '/v1/audit',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['access'],
        summary: 'Operator calls, newest first, refused ones too',
        querystring: z.strictObject({
          dataset: datasetId.optional(),
          key_id: words.max(100).optional(),
          after: wholeNumber(1, Number.MAX_SAFE_INTEGER)
            .optional()
            .describe('where the page before ended; stands in "next"'),
          limit: wholeNumber(1, 1_000).default(100),
        }),
        response: { 200: answer, ...problems(403) },
      },
    },
    async (request) => {
      const { dataset, key_id, after, limit } = request.query;
      const found = await listAudit(deps.database, {
        ...(dataset === undefined ? {} : { dataset: visibleOfAnyKind(deps, request, dataset).id }),
        ...(key_id === undefined ? {} : { keyId: key_id }),
        ...(after === undefined ? {} : { before: after }),
        // A caller who may see all datasets also sees calls for a dataset that does not exist.
        ...(request.caller.datasets === null ? {} : { datasets: visibleIds(deps, request) }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const more = found.length > limit && last ? { after: String(last.id) } : null;
      const data = page.map(({ input, ...rest }) => ({ ...(wire(rest) as object), input }));
      return { data, next: nextPage(request.url, more) } as z.output<typeof answer>;
    },
  );
}
