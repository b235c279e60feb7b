/** `GET /`: the page. Static files of `web/` and the plot library; it gets its data from the API like any other client. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { Api } from '../dependencies.ts';

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
