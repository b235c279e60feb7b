/** Spans of requests to the API, named by OpenTelemetry's HTTP conventions. A caller's trace context is continued. */
import {
  type Context,
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

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
