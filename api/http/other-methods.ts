/** 405 with `Allow` for methods that a path does not have, where the framework would answer 404. */
import type { HTTPMethods, RouteOptions } from 'fastify';
import type { Api } from '../dependencies.ts';
import { Problem } from './problem.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'];

/** Methods by path, without the patterns of plug-ins. */
export type RouteTable = ReadonlyMap<string, ReadonlySet<string>>;

declare module 'fastify' {
  interface FastifyInstance {
    readonly routeTable: RouteTable;
  }
}

/** Records the routes as they are added. @returns them, and a function that adds the 405s; call it after the last route. */
export function otherMethods(api: Api): { readonly table: RouteTable; refuseOthers(): void } {
  const known = new Map<string, Set<string>>();
  let complete = false;
  api.addHook('onRoute', ({ url, method }: RouteOptions) => {
    // The reference belongs to a plug-in, with its own patterns.
    if (complete || url.includes('*') || url.startsWith('/docs')) return;
    known.set(url, new Set([...(known.get(url) ?? []), ...[method].flat()]));
  });
  return {
    table: known,
    refuseOthers() {
      complete = true;
      for (const [url, methods] of known) refuse(api, url, methods);
    },
  };
}

function refuse(api: Api, url: string, methods: ReadonlySet<string>): void {
  const allow = [...methods].join(', ');
  api.route({
    url,
    method: METHODS.filter((method) => !methods.has(method)) as HTTPMethods[],
    config: { access: 'public' },
    schema: { hide: true },
    // Before the body is read, which need not be well-formed.
    onRequest: async () => {
      throw new Problem(405, `this path takes ${allow}`, { headers: { allow } });
    },
    handler: () => {},
  });
}
