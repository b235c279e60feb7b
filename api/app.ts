/** The HTTP application without a port: plug-ins, errors, routes. `server.ts` listens; tests inject. */
import accepts from '@fastify/accepts';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyServerOptions } from 'fastify';
import Fastify from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { readQuery } from './data/selection.ts';
import type { Api, ApiDependencies } from './dependencies.ts';
import { limitExports } from './exports.ts';
import { answerErrors, MOST_HEADER_BYTES, otherMethods, refuseUnreadable } from './http/errors.ts';
import { auditOperators } from './limits/audit.ts';
import { admitCallers, endWithReaders, refuseOtherHosts } from './limits/limits.ts';
import { countReads } from './limits/read-counter.ts';
import { takeLines } from './records/lines-body.ts';
import { ROUTES } from './routes/index.ts';

/** Longer than any schema allows, so that the schema reports the fault, not the router. */
const MOST_PARAMETER_LENGTH = 65_536;

/** Limits on a single request. */
interface RequestLimits {
  /** No legitimate request is longer; operator calls are small JSON. */
  readonly bodyBytes: number;
  /** A request that has not arrived in full by then is dropped. */
  readonly requestMs: number;
}

const LIMITS: RequestLimits = { bodyBytes: 64 * 1024, requestMs: 30_000 };
/** How often open requests are checked against `requestMs`. */
const CHECK_MS = 5_000;

export async function buildApi(
  deps: ApiDependencies,
  logger: FastifyServerOptions['logger'] = false,
  limits = LIMITS,
): Promise<Api> {
  const api: Api = Fastify({
    logger,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    http: {
      maxHeaderSize: MOST_HEADER_BYTES,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.requestMs),
    },
    clientErrorHandler: refuseUnreadable,
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: MOST_PARAMETER_LENGTH, querystringParser: readQuery },
  });
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  answerErrors(api);
  const { table, refuseOthers } = otherMethods(api);
  api.decorate('routeTable', table);
  deps.traceRequests?.(api);
  await api.register(accepts);
  await api.register(helmet, { contentSecurityPolicy: { directives: CONTENT_SECURITY }, hsts: false });
  await api.register(cors, { origin: [...deps.corsOrigins], methods: METHODS, exposedHeaders: EXPOSED });
  if (deps.signOn) await api.register(cookie);
  refuseOtherHosts(api, deps);
  await admitCallers(api, deps);
  endWithReaders(api, deps);
  limitExports(api, deps);
  auditOperators(api, deps);
  countReads(api, deps);
  takeLines(api);
  await describeApi(api);
  api.after(() => {
    for (const add of ROUTES) add(api, deps);
    refuseOthers();
  });
  return api;
}

/** The page loads nothing from other origins; its plots and the reference set inline styles. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null,
};

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
const EXPOSED = ['etag', 'link', 'retry-after', 'tidemark-as-of', 'tidemark-coverage', 'tidemark-simulated'];

async function describeApi(api: Api): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tidemark',
        description:
          'Published market data with every version of it. Instants are UTC, days are delivery days, nulls are nulls; ' +
          'errors are problem details (RFC 9457).',
        version: '1',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'made by "npx tidemark keys create"' },
        },
      },
      security: [{ key: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  // The reference is public: a browser opens it without a key, and it contains no data.
  api.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, access: 'public' };
  });
  await api.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: false,
    theme: { title: 'Tidemark API' },
    // Without the bar that loads other documents.
    uiConfig: { layout: 'BaseLayout', displayRequestDuration: true },
  });
  api.get(
    '/openapi.json',
    { config: { access: 'public' }, schema: { hide: true } },
    () => api.swagger() as never,
  );
}
