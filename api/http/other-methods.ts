/** 405 with `Allow` for methods that a path does not have, where the framework would say that there is no such path. */
import type { HTTPMethods, RouteOptions } from 'fastify';
import type { Api } from '../dependencies.ts';
import { Problem } from './problem.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'];

/** Methods by path, patterns of plug-ins left out. */
export type RouteTable = ReadonlyMap<string, ReadonlySet<string>>;

declare module 'fastify' {
  interface FastifyInstance {
    readonly routeTable: RouteTable;
  }
}

/** Watches which routes are added. @returns them, and what adds the refusals; call that after the last route. */
export function otherMethods(api: Api): { readonly table: RouteTable; refuseOthers(): void } {
  const known = new Map<string, Set<string>>();
  let complete = false;
  api.addHook('onRoute', ({ url, method }: RouteOptions) => {
    // The reference is a plug-in's, with patterns of its own.
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
    // Before a body is read: what is refused need not be well-formed.
    onRequest: async () => {
      throw new Problem(405, `this path takes ${allow}`, { headers: { allow } });
    },
    handler: () => {},
  });
}
