/** Publishes statements for tracing: on a channel of Node's diagnostics, which costs nothing without a subscriber. */
import { AsyncResource } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { finished, type Writable } from 'node:stream';
import type pg from 'pg';

export interface ToldStatement {
  /** With `$1` for values, which are not published. */
  readonly text: string;
  /** Set at its end. */
  result?: { readonly rowCount?: number | null } | undefined;
  error?: Error;
}

export const STATEMENTS = tracingChannel<ToldStatement, ToldStatement>('tidemark:statement');

type Send = (...asked: unknown[]) => unknown;

/** Sends a statement as `send` does, in each of the driver's forms (promise, callback, stream), and publishes it. */
export function tellStatement(send: Send, asked: unknown[]): unknown {
  const [first] = asked;
  const told: ToldStatement = { text: textOf(first) };
  if (isStream(first)) return tellStream(send, asked, told);
  const callback = asked.findLastIndex((each) => typeof each === 'function');
  return callback === -1
    ? STATEMENTS.tracePromise(send as (...asked: unknown[]) => Promise<unknown>, told, undefined, ...asked)
    : STATEMENTS.traceCallback(send, callback, told, undefined, ...asked);
}

/** Calls back in the caller's async context: the pool would use that of the session's previous user. */
export function asAsker<A extends unknown[]>(callback: (...given: A) => void): (...given: A) => void {
  return STATEMENTS.hasSubscribers ? AsyncResource.bind(callback) : callback;
}

function tellStream(send: Send, asked: unknown[], told: ToldStatement): unknown {
  STATEMENTS.start.publish(told);
  const stream = send(...asked) as Writable;
  finished(stream, (error) => {
    if (error) {
      told.error = error;
      STATEMENTS.error.publish(told);
    }
    STATEMENTS.asyncEnd.publish(told);
  });
  return stream;
}

function isStream(asked: unknown): boolean {
  return typeof (asked as Partial<pg.Submittable> | undefined)?.submit === 'function';
}

function textOf(asked: unknown): string {
  return typeof asked === 'string' ? asked : ((asked as { readonly text?: string }).text ?? '');
}
