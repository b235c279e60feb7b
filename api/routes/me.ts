/** `GET /v1/me`: the caller's identity and rights, so that the page can show what the caller may do. */
import { z } from 'zod';
import { simulatedDatasets } from '../../db/queries/catalog/instance.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';
import { LOGIN, visibleIds } from '../limits/access.ts';

const me = z.object({
  name: z.string(),
  role: z.enum(['reader', 'operator', 'admin']),
  datasets: z.array(z.string()).nullable().describe('granted by name; null: every open one'),
  has_key: z.boolean(),
  signed_on: z.boolean().describe('by single sign-on'),
  sign_in: z.string().nullable().describe('where a person signs on; null: there is no single sign-on'),
  access: z.enum(['keys', 'open']).describe('open: reading needs no key, for use on one machine'),
  simulated: z.boolean().describe('some datasets are made by the bundled simulator, not by their publishers'),
  not_simulated: z
    .array(z.string())
    .describe('datasets that are not, though others are: uploaded, sent, or computed by a library'),
});

export function meRoutes(api: Api, deps: ApiDependencies): void {
  const { access, database, signOn } = deps;
  api.get(
    '/v1/me',
    {
      schema: {
        tags: ['access'],
        summary: 'Who you are to this API',
        querystring: z.strictObject({}),
        response: { 200: me, ...problems() },
      },
    },
    async (request) => {
      const { caller } = request;
      const simulated = await simulatedDatasets(database);
      const others = visibleIds(deps, request).filter((id) => !simulated.has(id));
      return {
        name: caller.name,
        role: caller.role,
        datasets: caller.datasets === null ? null : [...caller.datasets],
        has_key: caller.keyId !== null,
        signed_on: caller.id !== null && caller.keyId === null,
        sign_in: signOn ? LOGIN : null,
        access,
        simulated: simulated.size > 0,
        not_simulated: simulated.size > 0 ? others : [],
      };
    },
  );
}
