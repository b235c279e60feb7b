/** `/auth/…`: a browser signs on with the provider, comes back, and signs off. Only where a provider is configured. */
import { z } from 'zod';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';

/** A view of the page; rejects anything that could redirect to another site. */
const view = z
  .string()
  .max(2_000)
  .regex(/^#\/[\x21-\x7e]*$/, 'write a view of the page, such as #/changes')
  .default('#/');
const left = z.object({ summary: z.string(), provider_url: z.string().nullable() });

export function signOnRoutes(api: Api, { signOn }: ApiDependencies): void {
  if (!signOn) return;
  const config = { access: 'public' } as const;
  api.get(
    '/auth/login',
    { config, schema: { hide: true, querystring: z.strictObject({ view }) } },
    (request, reply) => signOn.begin(reply, request.query.view),
  );
  api.get(
    '/auth/callback',
    // The URL contains a code, which must not be logged.
    { config, logLevel: 'warn', schema: { hide: true, querystring: z.looseObject({}) } },
    (request, reply) => signOn.end(request, reply),
  );
  api.post(
    '/auth/logout',
    { config, schema: { hide: true, response: { 200: left, ...problems(403) } } },
    async (_request, reply) => ({
      summary: 'you have signed off here',
      provider_url: await signOn.leave(reply),
    }),
  );
}
