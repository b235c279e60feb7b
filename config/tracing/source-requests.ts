/**
 * Spans of requests to sources and to receivers of notifications. They contain only method and host: a receiver's path or a
 * source's query may be secret. No trace context is sent along: third parties are not part of our traces.
 */
import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

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
