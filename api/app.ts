/** The HTTP application without a port: plug-ins, errors, routes. `server.ts` listens; tests inject. */
import accepts from '@fastify/accepts';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyServerOptions } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { authenticate, nobody } from './access.ts';
import { auditOperators } from './audit.ts';
import type { Api, ApiDependencies } from './dependencies.ts';
import { answerErrors, MOST_HEADER_BYTES, refuseUnreadable } from './errors.ts';
import { describeApi } from './openapi.ts';
import { otherMethods } from './other-methods.ts';
import { Problem } from './problem.ts';
import { readQuery } from './query-string.ts';
import { ROUTES } from './routes/index.ts';

/** No question of ours is longer; operator calls are small JSON. */
const MOST_BODY_BYTES = 64 * 1024;
const MOST_PARAMETER_LENGTH = 500;
/** A request that has not been read whole by then is given up. */
const REQUEST_MS = 30_000;

export async function buildApi(
  deps: ApiDependencies,
  logger: FastifyServerOptions['logger'] = false,
): Promise<Api> {
  const api: Api = Fastify({
    logger,
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    http: { maxHeaderSize: MOST_HEADER_BYTES },
    clientErrorHandler: refuseUnreadable,
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: MOST_PARAMETER_LENGTH, querystringParser: readQuery },
  });
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  answerErrors(api);
  const refuseOthers = otherMethods(api);
  await api.register(accepts);
  await api.register(helmet, { contentSecurityPolicy: { directives: CONTENT_SECURITY }, hsts: false });
  await api.register(cors, { origin: [...deps.corsOrigins], exposedHeaders: EXPOSED });
  api.decorateRequest('caller', null as never);
  await api.register(rateLimit, {
    max: deps.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ headers, ip }) => headers.authorization ?? ip,
    errorResponseBuilder: (_, { after }) => new Problem(429, `too many requests; ask again in ${after}`),
  });
  api.addHook('onRequest', async (request) => {
    request.caller = nobody();
    await authenticate(deps, request);
  });
  auditOperators(api, deps);
  await describeApi(api);
  api.after(() => {
    for (const add of ROUTES) add(api, deps);
    refuseOthers();
  });
  return api;
}

/** The page uses nothing from elsewhere; its plots and the reference set styles in elements. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null,
};

const EXPOSED = ['etag', 'link', 'retry-after', 'tidemark-as-of', 'tidemark-coverage', 'tidemark-simulated'];
