/** What the API reads incidents from, beside the database. */
import { tickMinutes } from '../../domain/dataset/dataset.ts';
import { outsideOf } from '../../temporal/outside.ts';
import type { ApiDependencies } from '../dependencies.ts';

export function incidentSources({ catalog, temporal }: Pick<ApiDependencies, 'catalog' | 'temporal'>) {
  return {
    intervals: new Map(catalog.scheduled.map((dataset) => [dataset.id, tickMinutes(dataset) * 60])),
    outside: outsideOf(temporal),
  };
}
