/** Calls to Temporal for a request: limited in time, and with a proper error when no server or worker answers. */
import type { FastifyRequest } from 'fastify';
import { tickMinutes } from '../domain/dataset/dataset.ts';
import { CannotDo } from '../temporal/cannot-do.ts';
import type { Temporal } from '../temporal/connection.ts';
import { errorMessageOf } from '../temporal/error-message.ts';
import { outsideOf } from '../temporal/outside.ts';
import type { ApiDependencies } from './dependencies.ts';
import { Problem } from './http/problem.ts';

/** For all Temporal calls of one request. */
const PATIENCE_MS = 10_000;
const RETRY_AFTER = '10';

/** @throws Problem 503 when the server or its workers do not answer; 409 when it conflicts with what is there. */
export async function withTemporal<T>(
  deps: ApiDependencies,
  { log }: FastifyRequest,
  work: (temporal: Temporal) => Promise<T>,
): Promise<T> {
  const temporal = await deps.temporal().catch((error: unknown) => {
    log.warn(error);
    throw away('Temporal does not answer, and nothing was started; try again later');
  });
  try {
    return await temporal.client.withDeadline(Date.now() + PATIENCE_MS, () => work(temporal));
  } catch (error) {
    if (error instanceof CannotDo) throw new Problem(409, error.message);
    const trouble = errorMessageOf(error);
    if (trouble === undefined) throw error;
    if (trouble.kind === 'refused') throw new Problem(409, trouble.reason);
    log.warn(error);
    throw away(
      'Temporal or its workers did not answer in time; what was requested may still happen: check before trying again',
    );
  }
}

function away(detail: string): Problem {
  return new Problem(503, detail, { headers: { 'retry-after': RETRY_AFTER } });
}

export function incidentSources({ catalog, temporal }: Pick<ApiDependencies, 'catalog' | 'temporal'>) {
  return {
    intervals: new Map(catalog.scheduled.map((dataset) => [dataset.id, tickMinutes(dataset) * 60])),
    outside: outsideOf(temporal),
  };
}
