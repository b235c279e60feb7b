/** What clients and workers of Temporal take to be traced. */

import type { Tracer } from '@opentelemetry/api';
import type { ClientInterceptors } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client/index.js';
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker/index.js';
import type { WorkerOptions } from '@temporalio/worker';
import { type RunsTo, runSinks } from './runs.ts';

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
