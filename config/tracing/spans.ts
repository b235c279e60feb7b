/** Spans of requests to the API, of requests to sources, and of statements. */

import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { STATEMENTS, type TracedStatement } from '../../db/connection/statement-channel.ts';

/** Requested every few seconds by probes and scrapers; they would make up most of all traces. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** Adds hooks; call before any other of the application. */
export function traceRequests(api: FastifyInstance, tracer: Tracer): void {
  const inTrace = new WeakMap<FastifyRequest, Context>();
  api.addHook('onRequest', (request, _reply, done) => {
    const { url: route = 'unknown' } = request.routeOptions;
    if (QUIET.has(route)) return done();
    const caller = propagation.extract(context.active(), request.headers);
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'tidemark.request_id': request.id,
    };
    const span = tracer.startSpan(
      `${request.method} ${route}`,
      { kind: SpanKind.SERVER, attributes },
      caller,
    );
    inTrace.set(request, trace.setSpan(caller, span));
    context.with(trace.setSpan(caller, span), done);
  });
  // Reading the body runs in the async context of the connection, not of the request.
  api.addHook('preValidation', (request, _reply, done) => {
    context.with(inTrace.get(request) ?? context.active(), done);
  });
  api.addHook('onError', (request, _reply, error, done) => {
    spanOf(inTrace.get(request))?.recordException(error);
    done();
  });
  api.addHook('onResponse', (request, reply, done) => {
    const span = spanOf(inTrace.get(request));
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}

function spanOf(inTrace: Context | undefined) {
  return inTrace && trace.getSpan(inTrace);
}

/*
 * Spans of requests to sources and to receivers of notifications. They contain only method and host: a receiver's path or a
 * source's query may be secret. No trace context is sent along: third parties are not part of our traces.
 */

/** A request as undici's diagnostics channels report it. */
interface RequestMessage {
  readonly request: { readonly origin: string | URL; readonly method: string };
  readonly response?: { readonly statusCode: number };
  readonly error?: Error;
}

/** @returns stops it. */
export function traceSourceRequests(tracer: Tracer): () => void {
  const open = new WeakMap<object, Span>();
  const listeners: Record<string, (message: RequestMessage) => void> = {
    'undici:request:create': ({ request }) => {
      if (trace.getActiveSpan()) open.set(request, tracer.startSpan(request.method, described(request)));
    },
    'undici:request:headers': ({ request, response }) => {
      const status = response?.statusCode ?? 0;
      open.get(request)?.setAttribute('http.response.status_code', status);
      if (status >= 400) open.get(request)?.setStatus({ code: SpanStatusCode.ERROR });
    },
    'undici:request:trailers': ({ request }) => open.get(request)?.end(),
    'undici:request:error': ({ request, error }) => {
      open.get(request)?.setStatus({ code: SpanStatusCode.ERROR, message: error?.message ?? '' });
      open.get(request)?.end();
    },
  };
  const each = Object.entries(listeners).map(
    ([name, listener]) => [name, listener as ChannelListener] as const,
  );
  for (const [name, listener] of each) subscribe(name, listener);
  return () => {
    for (const [name, listener] of each) unsubscribe(name, listener);
  };
}

function described({ origin, method }: RequestMessage['request']) {
  const { hostname } = new URL(origin);
  return {
    kind: SpanKind.CLIENT,
    attributes: { 'http.request.method': method, 'server.address': hostname },
  };
}

/** Longer statements consist of column lists, which add nothing. */
const MOST_TEXT = 2_000;

/** @returns stops it. */
export function traceStatements(tracer: Tracer): () => void {
  const open = new WeakMap<TracedStatement, Span>();
  const end = (statement: TracedStatement) => {
    const span = open.get(statement);
    if (!span) return;
    open.delete(statement);
    const { error, result } = statement;
    if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    if (typeof result?.rowCount === 'number') span.setAttribute('db.response.returned_rows', result.rowCount);
    span.end();
  };
  const listeners = {
    start(statement: TracedStatement) {
      if (trace.getActiveSpan() === undefined) return;
      open.set(
        statement,
        tracer.startSpan(summaryOf(statement.text), describedStatement(statement.text), context.active()),
      );
    },
    // A statement that could not be sent has no asyncEnd.
    end: (statement: TracedStatement) => (statement.error ? end(statement) : undefined),
    asyncStart() {},
    asyncEnd: end,
    error() {},
  };
  STATEMENTS.subscribe(listeners);
  return () => void STATEMENTS.unsubscribe(listeners);
}

function describedStatement(text: string) {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, MOST_TEXT) };
  return { kind: SpanKind.CLIENT, attributes };
}

/** The first word of a statement; where it begins with common table expressions, that of the first of them. */
const VERB = /\b(select|insert|update|delete|copy|begin|commit|rollback)\b/i;
const RELATION = /\b(?:from|into|update|copy)\s+([a-z_]+\.[a-z_]+)/i;

/** `insert ops.payload`: the verb and the first relation. */
function summaryOf(text: string): string {
  const [verb = 'statement'] = VERB.exec(text) ?? [];
  const [, relation] = RELATION.exec(text) ?? [];
  return relation ? `${verb.toLowerCase()} ${relation}` : verb.toLowerCase();
}
