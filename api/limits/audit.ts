/**
 * Records every operator call before it is answered: who, what, why and the outcome, refused calls included. Central, so that
 * no route can forget it. Calls without a known caller appear in the log only.
 */
import type { FastifyRequest } from 'fastify';
import { transaction } from '../../db/connection/client.ts';
import { insertAudit } from '../../db/queries/operation/audit.ts';
import { datasetOfBackfillId } from '../../domain/workflow/ids.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False where the request itself is stored together with its sender. @default true */
    audited?: boolean;
    /** Fields of the body that must not be stored. @default none */
    secrets?: readonly string[];
  }
}

const LONGEST_OUTCOME = 2_000;

export function auditOperators(api: Api, { database }: ApiDependencies): void {
  api.addHook('onSend', async (request, reply, payload) => {
    // A rate-limited call was not processed.
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
    // The call has already taken effect, so it must not be answered with an error; the log entry stands in for the audit.
    await transaction(database, (sql) => insertAudit(sql, entry)).catch((error: unknown) =>
      request.log.error({ err: error, audit: entry }, 'this operator call could not be written to ops.audit'),
    );
    return payload;
  });
}

/** The body with every value under a secret's name masked, whatever its type. */
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

/** The summary of an operator answer, or the detail of a problem. */
function outcomeOf(payload: unknown): string | null {
  if (typeof payload !== 'string') return null;
  const answer = JSON.parse(payload) as { summary?: string; detail?: string };
  return printable(answer.summary ?? answer.detail ?? '').slice(0, LONGEST_OUTCOME) || null;
}

/** PostgreSQL's text and JSON accept neither NUL nor a lone surrogate, and callers may send both. */
function printable(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\u{fffd}');
}

/** No accepted body is nested deeper; a refused one may be nested without limit. */
const DEEPEST = 8;

function storable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '…';
  const inner = (each: unknown) => storable(each, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [printable(name), inner(each)]));
}
