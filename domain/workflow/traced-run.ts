/**
 * The position of a workflow run in a trace. It follows only from the run's id and from the headers that started it, which workflow code
 * cannot see: a run replays the same whether it is traced or not.
 */

/** As W3C Trace Context names them: 32 and 16 hexadecimal digits. */
export interface TracePlace {
  readonly traceId: string;
  readonly spanId: string;
  /** The step that started the run; undefined: it starts the trace. */
  readonly parentSpanId?: string;
  readonly sampled: boolean;
}

/** The end of a run, for its span. */
export interface EndedRun {
  readonly place: TracePlace;
  readonly endedAtMs: number;
  /** Why it failed; undefined: it did not. */
  readonly error?: string;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** They look around all day: traced, they would be most of all spans. */
const QUIET = new Set(['notify', 'drainInbox']);

/** Whether neither the run nor its steps are traced; what it starts begins a trace of its own. */
export function isQuiet(workflowType: string): boolean {
  return QUIET.has(workflowType);
}

/**
 * @param runId a UUID: its digits are the trace's id unless one was passed in, and their second half the span's.
 * @param traceparent passed with the start of the run, if it was started inside a trace.
 */
export function placeOfRun(
  { runId, workflowType }: { readonly runId: string; readonly workflowType: string },
  traceparent: string | undefined,
): TracePlace {
  const digits = runId.replaceAll('-', '');
  const own = { traceId: digits, spanId: digits.slice(16), sampled: !isQuiet(workflowType) };
  const [, traceId, parentSpanId, flags = ''] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || parentSpanId === undefined || !own.sampled) return own;
  return { ...own, traceId, parentSpanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The trace context passed to steps of the run. */
export function traceparentOf({ traceId, spanId, sampled }: TracePlace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
