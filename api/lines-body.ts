/** Bodies of lines: taken as they are by the routes that want them, refused by all others. */
import type { Api } from './dependencies.ts';
import { Problem } from './problem.ts';

export const NDJSON = 'application/x-ndjson';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route takes a body of lines of JSON. */
    takesLines?: boolean;
  }
}

export function takeLines(api: Api): void {
  api.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.takesLines) return done(null, body);
    done(new Problem(415, `this path does not take ${NDJSON}`));
  });
}
