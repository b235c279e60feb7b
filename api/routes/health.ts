/** `/healthz`: the process is alive. `/readyz`: whether it can answer, and the state of its parts. */
import { z } from 'zod';
import { readinessOf } from '../../notify/readiness.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { incidentSources } from '../notify/incident-sources.ts';

const fine = z.object({ status: z.literal('ok') });
const part = z.object({
  name: z.enum(['database', 'temporal', 'polling', 'sources']),
  fine: z.boolean(),
  needed: z.boolean().describe('without it the process is not ready'),
  message: z.string(),
});
const ready = z
  .object({ status: z.enum(['ok', 'not ready']), parts: z.array(part) })
  .meta({ id: 'Readiness' });

const config = { access: 'public', rateLimit: false } as const;

export function healthRoutes(api: Api, deps: ApiDependencies): void {
  const schema = { tags: ['operation'], querystring: z.strictObject({}) };
  api.get(
    '/healthz',
    {
      config,
      schema: { ...schema, summary: 'The process is alive', response: { 200: fine, ...problems() } },
    },
    () => ({ status: 'ok' as const }),
  );
  api.get(
    '/readyz',
    {
      config,
      schema: {
        ...schema,
        summary: 'Whether requests can be answered; the parts with their reasons',
        description:
          'Only the database is required: while Temporal is away, everything but operator calls is answered.',
        response: { ...problems(), 200: ready, 503: ready },
      },
    },
    async (_request, reply) => {
      const { ready, parts } = await readinessOf(checksOf(deps));
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready', parts: [...parts] });
    },
  );
}

function checksOf({ database, catalog, temporal }: ApiDependencies) {
  return {
    database,
    needs: ['database'] as const,
    ...incidentSources({ catalog, temporal }),
    askTemporal: async () => (await temporal()).client.workflowService.getSystemInfo({}),
  };
}
