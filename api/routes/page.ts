/** The page: its static files, and how a browser signs on. It gets its data from the API like any other client. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { z } from 'zod';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { problems } from '../http/problem.ts';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const require = createRequire(import.meta.url);
const UPLOT = dirname(require.resolve('uplot'));
const UPLOT_FILES = ['uPlot.iife.min.js', 'uPlot.min.css'];
const SERVED = /\.(html|css|js|svg)$/;

export function pageRoutes(api: Api): void {
  // Only for `sendFile`: each file has its own route, so that nothing else in the folders can be requested.
  void api.register(fastifyStatic, { root: WEB, serve: false });
  serveFile(api, '/', 'index.html', WEB);
  const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => SERVED.test(name) && name !== 'index.html'))
    serveFile(api, `/${file.replaceAll('\\', '/')}`, file, WEB);
  for (const file of UPLOT_FILES) serveFile(api, `/vendor/${file}`, file, UPLOT);
}

function serveFile(api: Api, url: string, file: string, root: string): void {
  api.get(
    url,
    { config: { access: 'public', rateLimit: false }, schema: { hide: true } },
    (_request, reply) => reply.sendFile(file, root),
  );
}

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
