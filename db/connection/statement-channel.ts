/** Publishes statements for tracing: on a channel of Node's diagnostics, which costs nothing without a subscriber. */
import { AsyncResource } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { finished, type Writable } from 'node:stream';
import type pg from 'pg';

export interface TracedStatement {
  /** With `$1` for values, which are not published. */
  readonly text: string;
  /** Set at its end. */
  result?: { readonly rowCount?: number | null } | undefined;
  error?: Error;
}

export const STATEMENTS = tracingChannel<TracedStatement, TracedStatement>('tidemark:statement');

type Send = (...args: unknown[]) => unknown;

/** Sends a statement as `send` does, in each of the driver's forms (promise, callback, stream), and publishes it. */
export function traceStatement(send: Send, args: unknown[]): unknown {
  const [first] = args;
  const traced: TracedStatement = { text: textOf(first) };
  if (isStream(first)) return traceStream(send, args, traced);
  const callback = args.findLastIndex((each) => typeof each === 'function');
  return callback === -1
    ? STATEMENTS.tracePromise(send as (...args: unknown[]) => Promise<unknown>, traced, undefined, ...args)
    : STATEMENTS.traceCallback(send, callback, traced, undefined, ...args);
}

/** Calls back in the caller's async context: the pool would use that of the session's previous user. */
export function inCallerContext<A extends unknown[]>(callback: (...given: A) => void): (...given: A) => void {
  return STATEMENTS.hasSubscribers ? AsyncResource.bind(callback) : callback;
}

function traceStream(send: Send, args: unknown[], traced: TracedStatement): unknown {
  STATEMENTS.start.publish(traced);
  const stream = send(...args) as Writable;
  finished(stream, (error) => {
    if (error) {
      traced.error = error;
      STATEMENTS.error.publish(traced);
    }
    STATEMENTS.asyncEnd.publish(traced);
  });
  return stream;
}

function isStream(first: unknown): boolean {
  return typeof (first as Partial<pg.Submittable> | undefined)?.submit === 'function';
}

function textOf(first: unknown): string {
  return typeof first === 'string' ? first : ((first as { readonly text?: string }).text ?? '');
}
