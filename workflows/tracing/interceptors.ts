/**
 * Part of the workflow bundle of workers that trace. Headers are all that it changes of a history: no step is put off by a turn,
 * no random number is drawn and no command is added, so that runs go on whichever way the setting is changed.
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

/** Where clients and activities of the SDK's tracing package look for it. */
const HEADER = '_tracer-data';

const { traces } = proxySinks<TracingSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => {
  // Known from the start on; the line of the log that says so comes before.
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
          // Beside the run's own promise, never in its way.
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

/** Going on as a new run is no failure. */
function reasonOf(error: unknown): Pick<EndedRun, 'error'> {
  if (error === undefined || (error instanceof Error && error.name === 'ContinueAsNew')) return {};
  return { error: error instanceof Error ? error.message : String(error) };
}
