/**
 * Traces of a process: spans of requests, of calls to Temporal, of runs, activities, statements and requests to sources, sent
 * to a collector over OTLP. Imported only where a collector is configured; other modules import its types only.
 */
import {
  context,
  type DiagLogger,
  DiagLogLevel,
  diag,
  propagation,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ClientInterceptors } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { traceRequests, traceSourceRequests, traceStatements } from './spans.ts';
import { clientInterceptors, workerTracing } from './temporal.ts';

export interface TracingOptions {
  /** Where spans are sent: the whole URL. */
  readonly url: string;
  /** `tidemark api`, as in the database's list of sessions; OTEL_SERVICE_NAME takes precedence. */
  readonly service: string;
  /** Called when the collector rejects spans, once per reason. */
  readonly warn: (summary: string) => void;
}

export interface Tracing {
  /** For clients of Temporal. */
  readonly client: ClientInterceptors;
  /** For workers, which must use the bundle of traced workflows. */
  readonly worker: Pick<WorkerOptions, 'interceptors' | 'sinks'>;
  /** Adds hooks to an application, before all others. */
  requests(api: FastifyInstance): void;
  /** Calls `work` inside a span of this name, which begins a trace. */
  inSpan<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** The ids of the running span, for lines of a log; empty outside a trace. */
  logFields(): object;
  /** Sends the remaining spans and stops tracing. */
  stop(): Promise<void>;
}

/** How long the end of a process may wait for a collector. */
const END_MS = 3_000;

/** Call once a process; where several parts of a test share one, they share its traces. */
export function startTracing({ url, service, warn }: TracingOptions): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': service }))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: END_MS });
  const processor = new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  diag.setLogger(exporterTrouble(url, warn), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const tracer = provider.getTracer('tidemark');
  const stops = [traceStatements(tracer), traceSourceRequests(tracer)];
  return {
    client: clientInterceptors(tracer),
    worker: workerTracing({ tracer, processor, resource }),
    requests: (api) => traceRequests(api, tracer),
    inSpan: (name, work) => inSpan(tracer, name, work),
    logFields,
    async stop() {
      for (const stop of stops) stop();
      await within(END_MS, provider.shutdown());
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}

async function inSpan<T>(tracer: Tracer, name: string, work: () => Promise<T>): Promise<T> {
  return await tracer.startActiveSpan(name, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Under the names that Temporal's own lines use. */
function logFields(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Exporting spans must not keep a process from ending. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

function exporterTrouble(url: string, warn: (summary: string) => void): DiagLogger {
  const warned = new Set<string>();
  const tell = (message: string) => {
    const [reason = ''] = message.split('\n');
    if (warned.has(reason)) return;
    warned.add(reason);
    warn(
      `the collector of traces at ${new URL(url).origin} does not take spans (${reason}); they are dropped`,
    );
  };
  const ignore = () => {};
  return { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
}
