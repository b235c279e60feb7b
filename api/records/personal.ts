/** Personal data outside of fields: findings quote what was sent, and payloads are what was sent. */
import type { FastifyRequest } from 'fastify';
import { type Dataset, hasPersonalFields } from '../../domain/dataset/dataset.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';

/** Without the grant, a finding of a dataset with personal fields is shown without its raw value. */
export function quoted<T extends { readonly raw: string | null }>(
  { catalog }: ApiDependencies,
  { caller }: FastifyRequest,
  dataset: string,
  finding: T,
): T {
  return caller.personal || !hasPersonalFields(catalog.find(dataset)) ? finding : { ...finding, raw: null };
}

/** @throws Problem 403 */
export function assertMayHaveBytes({ caller }: FastifyRequest, dataset: Dataset, payload: number): void {
  if (caller.personal || !hasPersonalFields(dataset)) return;
  const detail = `the bytes of payload ${payload} of ${dataset.id} may be personal data: send a key that was made with "npx tidemark keys create --personal"`;
  throw new Problem(403, detail);
}
