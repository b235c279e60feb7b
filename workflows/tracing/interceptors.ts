/**
 * Part of the workflow bundle of workers that trace. It changes only headers of a history: it delays no step, draws no random number and
 * adds no command, so that running workflows continue whichever way the setting is changed.
 */
import {
  defaultPayloadConverter,
  type Headers,
  proxySinks,
  type Sinks,
  type WorkflowInterceptorsFactory,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type EndedRun,
  isQuiet,
  placeOfRun,
  type TracePlace,
  traceparentOf,
} from '../../domain/workflow/traced-run.ts';

export interface TracingSinks extends Sinks {
  readonly traces: { runEnded(run: EndedRun): void };
}

/** The header in which the SDK's tracing package carries it. */
const HEADER = '_tracer-data';

const { traces } = proxySinks<TracingSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => {
  // Known from the start; the log line about the start comes earlier.
  let place: TracePlace | undefined;
  const inTrace = <T extends { readonly headers: Headers }>(input: T): T => {
    if (place === undefined) return input;
    const carried = defaultPayloadConverter.toPayload({ traceparent: traceparentOf(place) });
    return { ...input, headers: { ...input.headers, [HEADER]: carried } };
  };
  const toOthers = <T extends { readonly headers: Headers }>(input: T): T =>
    isQuiet(workflowInfo().workflowType) ? input : inTrace(input);
  const tellEnd = (error?: unknown) => {
    if (place?.sampled) traces.runEnded({ place, endedAtMs: Date.now(), ...reasonOf(error) });
  };
  return {
    inbound: [
      {
        execute(input, next) {
          place = placeOfRun(workflowInfo(), traceparentIn(input.headers));
          const result = next(input);
          // Attached to the run's own promise without delaying it.
          result.then(() => tellEnd(), tellEnd);
          return result;
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(inTrace(input)),
        startChildWorkflowExecution: (input, next) => next(toOthers(input)),
        signalWorkflow: (input, next) => next(toOthers(input)),
        continueAsNew: (input, next) => next(toOthers(input)),
        getLogAttributes: (input, next) =>
          next(place ? { ...input, trace_id: place.traceId, span_id: place.spanId } : input),
      },
    ],
  };
};

function traceparentIn(headers: Headers): string | undefined {
  const payload = headers[HEADER];
  if (payload === undefined) return undefined;
  return defaultPayloadConverter.fromPayload<{ readonly traceparent?: string }>(payload).traceparent;
}

/** Continuing as new is not a failure. */
function reasonOf(error: unknown): Pick<EndedRun, 'error'> {
  if (error === undefined || (error instanceof Error && error.name === 'ContinueAsNew')) return {};
  return { error: error instanceof Error ? error.message : String(error) };
}
