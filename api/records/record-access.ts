/** Datasets of records as a caller may see them. */
import type { FastifyRequest } from 'fastify';
import { isOfRecords } from '../../domain/dataset/dataset.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import { maySee } from '../limits/access.ts';

/** Those that a caller may see, by id. */
export function visibleRecordDatasets(
  { catalog }: ApiDependencies,
  { caller }: FastifyRequest,
): RecordDataset[] {
  return catalog.all.filter(isOfRecords).filter((dataset) => maySee(caller, dataset));
}

/**
 * By its id, or by the part after the dot where that is one dataset's alone: `holidays`.
 * @throws Problem 404, the same whether it does not exist or is not for this caller
 */
export function visibleRecords(deps: ApiDependencies, request: FastifyRequest, name: string): RecordDataset {
  const visible = visibleRecordDatasets(deps, request);
  const exact = visible.find(({ id }) => id === name);
  const short = visible.filter(({ id }) => id.split('.')[1] === name);
  const found = exact ?? (short.length === 1 ? short[0] : undefined);
  if (found) return found;
  const ids = visible.map(({ id }) => id).join(', ') || 'none';
  throw new Problem(404, `no dataset of records "${name.slice(0, 200)}"; they are ${ids}`, {
    faults: [{ field: 'dataset', value: name, cure: `write one of ${ids}` }],
  });
}
