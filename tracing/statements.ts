/** Spans of statements. Only inside of something that is traced: what a process asks of its own accord each second is not told. */
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { STATEMENTS, type ToldStatement } from '../db/connection/statement-channel.ts';

/** Longer ones are lists of columns, which tell nothing more. */
const MOST_TEXT = 2_000;

/** @returns stops it. */
export function traceStatements(tracer: Tracer): () => void {
  const open = new WeakMap<ToldStatement, Span>();
  const end = (told: ToldStatement) => {
    const span = open.get(told);
    if (!span) return;
    open.delete(told);
    const { error, result } = told;
    if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    if (typeof result?.rowCount === 'number') span.setAttribute('db.response.returned_rows', result.rowCount);
    span.end();
  };
  const listeners = {
    start(told: ToldStatement) {
      if (trace.getActiveSpan() === undefined) return;
      open.set(told, tracer.startSpan(summaryOf(told.text), described(told.text), context.active()));
    },
    // One that could not even be sent has no other end.
    end: (told: ToldStatement) => (told.error ? end(told) : undefined),
    asyncStart() {},
    asyncEnd: end,
    error() {},
  };
  STATEMENTS.subscribe(listeners);
  return () => void STATEMENTS.unsubscribe(listeners);
}

function described(text: string) {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, MOST_TEXT) };
  return { kind: SpanKind.CLIENT, attributes };
}

/** The first word of a statement; where it begins with common table expressions, that of the first of them. */
const VERB = /\b(select|insert|update|delete|copy|begin|commit|rollback)\b/i;
const RELATION = /\b(?:from|into|update|copy)\s+([a-z_]+\.[a-z_]+)/i;

/** `insert ops.payload`: the verb and the first relation. */
function summaryOf(text: string): string {
  const [verb = 'statement'] = VERB.exec(text) ?? [];
  const [, relation] = RELATION.exec(text) ?? [];
  return relation ? `${verb.toLowerCase()} ${relation}` : verb.toLowerCase();
}
