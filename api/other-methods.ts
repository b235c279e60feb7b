/** 405 with `Allow` for methods that a path does not have, where the framework would say that there is no such path. */
import type { HTTPMethods, RouteOptions } from 'fastify';
import type { Api } from './dependencies.ts';
import { Problem } from './problem.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'];

/** Watches which routes are added. @returns adds the refusals; call it after the last route. */
export function otherMethods(api: Api): () => void {
  const known = new Map<string, Set<string>>();
  api.addHook('onRoute', ({ url, method }: RouteOptions) => {
    // The reference is a plug-in's, with patterns of its own.
    if (url.includes('*') || url.startsWith('/docs')) return;
    known.set(url, new Set([...(known.get(url) ?? []), ...[method].flat()]));
  });
  return () => {
    for (const [url, methods] of known) refuse(api, url, methods);
  };
}

function refuse(api: Api, url: string, methods: ReadonlySet<string>): void {
  const allow = [...methods].join(', ');
  api.route({
    url,
    method: METHODS.filter((method) => !methods.has(method)) as HTTPMethods[],
    config: { access: 'public' },
    schema: { hide: true },
    // Before a body is read: what is refused need not be well-formed.
    onRequest: async () => {
      throw new Problem(405, `this path takes ${allow}`, { headers: { allow } });
    },
    handler: () => {},
  });
}
