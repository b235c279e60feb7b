/** Spans of SQL statements, only within a traced operation: background polling is not traced. */
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { STATEMENTS, type TracedStatement } from '../../db/connection/statement-channel.ts';

/** Longer statements consist of column lists, which add nothing. */
const MOST_TEXT = 2_000;

/** @returns stops it. */
export function traceStatements(tracer: Tracer): () => void {
  const open = new WeakMap<TracedStatement, Span>();
  const end = (statement: TracedStatement) => {
    const span = open.get(statement);
    if (!span) return;
    open.delete(statement);
    const { error, result } = statement;
    if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    if (typeof result?.rowCount === 'number') span.setAttribute('db.response.returned_rows', result.rowCount);
    span.end();
  };
  const listeners = {
    start(statement: TracedStatement) {
      if (trace.getActiveSpan() === undefined) return;
      open.set(
        statement,
        tracer.startSpan(summaryOf(statement.text), described(statement.text), context.active()),
      );
    },
    // A statement that could not be sent has no asyncEnd.
    end: (statement: TracedStatement) => (statement.error ? end(statement) : undefined),
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
