/** Turns every error into a problem; an unexpected one becomes a single sentence, and its cause stays in the log. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isMissingRelation, isPassingStorageFailure, storageMessage } from '../../db/connection/failure.ts';
import { neverEnabled } from '../../domain/dataset/enabling.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Api } from '../dependencies.ts';
import { ReaderGone } from '../limits/limits.ts';
import { type FieldFault, PROBLEM_TYPE, Problem, type ProblemStatus } from './problem.ts';

export const MOST_HEADER_BYTES = 64 * 1024;
/** Retry-After while a part of the system is away, seconds. */
const RETRY_AFTER = '5';

export function answerErrors(api: Api): void {
  api.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(whyEnded(request) ?? error, request);
    if (problem.status >= 500) request.log.error(error);
    return answer(problem, request, reply);
  });
  api.setNotFoundHandler((request, reply) => {
    const detail = `nothing is at ${request.url.split('?')[0]?.slice(0, 200)}; /docs has what there is`;
    return answer(new Problem(404, detail), request, reply);
  });
}

const UNREADABLE: Readonly<Partial<Record<string, Problem>>> = {
  HPE_HEADER_OVERFLOW: new Problem(
    431,
    `address and headers have at most ${MOST_HEADER_BYTES} bytes; send several requests`,
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'the request did not arrive in time; send it again'),
};

/** Answers on the bare socket what cannot be parsed as a request. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const problem =
    UNREADABLE[error.code ?? ''] ?? new Problem(400, 'this is not an HTTP request that can be read');
  const body = JSON.stringify(problem.toJSON(crypto.randomUUID()));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function answer(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .removeHeader('etag')
    .header('cache-control', 'no-store')
    .header('content-type', PROBLEM_TYPE)
    .serializer(JSON.stringify)
    .send(problem.toJSON(request.id));
}

/** Why work on an answer was aborted; errors of its statements are only a consequence. */
function whyEnded({ work }: FastifyRequest): FastifyError | undefined {
  return work?.signal.aborted ? work.signal.reason : undefined;
}

function problemOf(error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ReaderGone) return new Problem(408, error.message);
  if (hasZodFastifySchemaValidationErrors(error)) return wrongInput(error, request);
  if (error instanceof Failure)
    return new Problem(error.code === 'DATASET_DORMANT' ? 409 : 422, error.message);
  const dataset = isMissingRelation(error) ? datasetOf(request) : undefined;
  if (dataset !== undefined) return new Problem(409, neverEnabled(dataset).message);
  if (isPassingStorageFailure(error)) {
    const detail = storageMessage(error) ?? 'the database does not answer';
    return new Problem(503, detail.split('. ')[0] ?? detail, { headers: { 'retry-after': RETRY_AFTER } });
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new Problem(status as ProblemStatus, error.message);
  return new Problem(500, 'this is a defect of the server; report the id of this request to the operator');
}

/** The dataset that a request names; it was looked up before anything of it was read. */
function datasetOf({ params, query, body }: FastifyRequest): string | undefined {
  const named = [params, query, body] as ({ dataset?: unknown } | null | undefined)[];
  const [dataset] = named.flatMap((part) => (typeof part?.dataset === 'string' ? [part.dataset] : []));
  return dataset;
}

const PARTS = ['body', 'params', 'headers'] as const;

/** Reports all wrong fields at once, each with its hint. */
function wrongInput(
  {
    validation,
    validationContext,
  }: FastifyError & { validation: readonly { params: unknown; instancePath: string; message?: string }[] },
  request: FastifyRequest,
): Problem {
  const part = PARTS.find((name) => name === validationContext) ?? 'query';
  const given = request[part] as Record<string, unknown> | undefined;
  const faults = validation.flatMap((each) => faultsOf(each, given));
  const detail = faults.map(({ field, hint }) => `"${field}": ${hint}`).join('; ');
  return new Problem(validation.every(isUnanswerable) ? 422 : 400, detail, { faults });
}

/** Marked by `unanswerable` of schemas.ts. */
function isUnanswerable({ params }: { params: unknown }): boolean {
  return (params as { params?: { status?: number } }).params?.status === 422;
}

function faultsOf(
  { params, instancePath, message = 'is wrong' }: { params: unknown; instancePath: string; message?: string },
  given: Record<string, unknown> | undefined,
): FieldFault[] {
  const { keys } = params as { keys?: readonly string[] };
  if (keys) return keys.map((field) => ({ field, hint: 'there is no such field; is it misspelt?' }));
  const field = instancePath.split('/').filter(Boolean).join('.') || 'body';
  const value = given?.[field];
  return [
    {
      field,
      ...(isShown(value) ? { value } : {}),
      hint: value === undefined ? `it is missing, or wrong: ${message}` : message,
    },
  ];
}

/** Long or nested values are not echoed. */
function isShown(value: unknown): boolean {
  return typeof value === 'string'
    ? value.length <= 200
    : typeof value === 'number' || typeof value === 'boolean';
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'];

/** Methods by path, without the patterns of plug-ins. */
type RouteTable = ReadonlyMap<string, ReadonlySet<string>>;

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
