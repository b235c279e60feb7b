/** `/healthz`: the process lives. `/readyz`: it can answer. */
import { z } from 'zod';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';

const fine = z.object({ status: z.literal('ok') });

export function healthRoutes(api: Api, { database }: ApiDependencies): void {
  const config = { access: 'public', rateLimit: false } as const;
  const schema = (summary: string) => ({
    tags: ['operation'],
    summary,
    querystring: z.strictObject({}),
    response: { 200: fine, ...problems() },
  });
  api.get('/healthz', { config, schema: schema('The process lives') }, () => ({ status: 'ok' as const }));
  api.get('/readyz', { config, schema: schema('Questions can be answered') }, async () => {
    await database.query('select 1');
    return { status: 'ok' as const };
  });
}
