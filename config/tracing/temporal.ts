/** What clients and workers of Temporal take to be traced. */
import { SpanKind, SpanStatusCode, TraceFlags, type Tracer } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ClientInterceptors } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client/index.js';
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker/index.js';
import type { InjectedSinks, WorkerOptions } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { aboutWorkflow } from '../../domain/workflow/ids.ts';
import type { EndedRun, TracePlace } from '../../domain/workflow/traced-run.ts';
import type { TracingSinks } from '../../workflows/tracing/interceptors.ts';

export function clientInterceptors(tracer: Tracer): ClientInterceptors {
  return { workflow: [new OpenTelemetryWorkflowClientInterceptor({ tracer })] };
}

/** Beside these, the bundle has to be one of traced workflows. */
export function workerTracing({
  tracer,
  ...runs
}: RunsTo & { readonly tracer: Tracer }): Pick<WorkerOptions, 'interceptors' | 'sinks'> {
  return {
    sinks: runSinks(runs),
    interceptors: {
      activity: [
        (activity) => ({
          inbound: new OpenTelemetryActivityInboundInterceptor(activity, { tracer }),
          outbound: new OpenTelemetryActivityOutboundInterceptor(activity),
        }),
      ],
    },
  };
}

interface RunsTo {
  readonly processor: SpanProcessor;
  /** The process that reports them. */
  readonly resource: Resource;
}

/** Called by the bundle's interceptors. A run that ends while its worker is killed may be reported twice or not at all. */
function runSinks({ processor, resource }: RunsTo): InjectedSinks<TracingSinks> {
  return {
    traces: {
      runEnded: {
        fn: (info, ended) => processor.onEnd(spanOf(info, ended, resource)),
        callDuringReplay: false,
      },
    },
  };
}

function spanOf(
  { runStartTime, workflowType, workflowId, runId }: WorkflowInfo,
  { place, endedAtMs, error }: EndedRun,
  resource: Resource,
): ReadableSpan {
  const startedAtMs = runStartTime.getTime();
  return {
    name: `RunWorkflow:${workflowType}`,
    kind: SpanKind.INTERNAL,
    spanContext: () => contextOf(place, place.spanId),
    ...(place.parentSpanId ? { parentSpanContext: contextOf(place, place.parentSpanId) } : {}),
    startTime: hrTime(startedAtMs),
    endTime: hrTime(endedAtMs),
    duration: hrTime(endedAtMs - startedAtMs),
    status:
      error === undefined ? { code: SpanStatusCode.OK } : { code: SpanStatusCode.ERROR, message: error },
    attributes: { temporalWorkflowId: workflowId, run_id: runId, ...aboutWorkflow(workflowId) },
    ...{ links: [], events: [], ended: true, resource, instrumentationScope: { name: 'tidemark' } },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

function contextOf({ traceId }: TracePlace, spanId: string) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}
