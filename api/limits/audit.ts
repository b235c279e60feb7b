/**
 * Every operator call is written down before its caller hears of it: who, what, why and what came of it, refused calls too.
 * In one place, so that no route can forget it. Calls of nobody we know have no "who" and stand in the log alone.
 */
import type { FastifyRequest } from 'fastify';
import { insertAudit } from '../../db/queries/operation/audit.ts';
import { datasetOfBackfillId } from '../../domain/workflow/ids.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False where what is sent is itself kept with who sent it. @default true */
    audited?: boolean;
    /** Fields of the body that are kept nowhere. @default none */
    secrets?: readonly string[];
  }
}

const LONGEST_OUTCOME = 2_000;

export function auditOperators(api: Api, { database }: ApiDependencies): void {
  api.addHook('onSend', async (request, reply, payload) => {
    // One call too many in a minute was not looked at.
    if (!isAudited(request) || reply.statusCode === 429) return payload;
    const { caller, method, routeOptions } = request;
    const entry = {
      keyId: caller.keyId,
      by: caller.name,
      action: `${method} ${routeOptions.url}`,
      dataset: datasetOf(request),
      input: storable({ params: request.params, body: withoutSecrets(request) }),
      reason: textOf(request.body, 'reason'),
      status: reply.statusCode,
      outcome: outcomeOf(payload),
    };
    // What was done is done: an answer that said otherwise would be wrong. Then the log is the audit.
    await insertAudit(database, entry).catch((error: unknown) =>
      request.log.error({ err: error, audit: entry }, 'this operator call could not be written to ops.audit'),
    );
    return payload;
  });
}

/** What was written under a secret's name, whatever it was. */
function withoutSecrets({ body, routeOptions }: FastifyRequest): unknown {
  const { secrets = [] } = routeOptions.config;
  if (secrets.length === 0 || typeof body !== 'object' || body === null) return body;
  const hide = ([name, value]: [string, unknown]) => [name, secrets.includes(name) ? '…' : value];
  return Object.fromEntries(Object.entries(body).map(hide));
}

function isAudited({ method, caller, routeOptions }: FastifyRequest): boolean {
  const { access = 'reader', audited = true } = routeOptions.config;
  return (
    audited &&
    method !== 'GET' &&
    method !== 'HEAD' &&
    (access === 'operator' || access === 'admin') &&
    caller?.id != null
  );
}

function datasetOf({ params, body }: FastifyRequest): string | null {
  return (
    textOf(params, 'dataset') ??
    textOf(body, 'dataset') ??
    datasetOfBackfillId(textOf(params, 'id') ?? '') ??
    null
  );
}

function textOf(of: unknown, field: string): string | null {
  const value = (of as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'string' ? printable(value) : null;
}

/** The sentence that every operator answer and every problem has. */
function outcomeOf(payload: unknown): string | null {
  if (typeof payload !== 'string') return null;
  const answer = JSON.parse(payload) as { summary?: string; detail?: string };
  return printable(answer.summary ?? answer.detail ?? '').slice(0, LONGEST_OUTCOME) || null;
}

/** PostgreSQL's text and JSON take neither NUL nor half of a surrogate pair, and callers may send both. */
function printable(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\u{fffd}');
}

/** Nothing that is taken lies deeper; what is refused may be nested without end. */
const DEEPEST = 8;

function storable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '…';
  const inner = (each: unknown) => storable(each, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [printable(name), inner(each)]));
}
