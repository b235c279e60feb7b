/** Coverage of what was asked for about locations: a unit that was loaded before a location was added says nothing of it. */

import { isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { Sql } from '../../connection/client.ts';
import { unitsOfAreas } from '../../queries/records/units-of-areas.ts';
import type { Question } from '../question.ts';
import type { AskedCoverage } from './coverage-line.ts';
import { countUnits, type Units } from './units-asked.ts';

/**
 * @param covered what is so of the units, whatever they are about.
 * @param at as known then; null: as known now
 */
export async function coverAreas(
  sql: Sql,
  { dataset, areas }: Question,
  {
    units,
    at,
    covered,
  }: { readonly units: Units; readonly at: Date | null; readonly covered: AskedCoverage },
): Promise<AskedCoverage> {
  if (!areas || !isOfRecords(dataset)) return covered;
  const found = await unitsOfAreas(sql, dataset, units, areas, at);
  const sum = (count: 'ofAll' | 'ofSome') => found.reduce((total, each) => total + each[count], 0);
  const possible = countUnits(dataset, units)?.possible ?? covered.days;
  const loaded = sum('ofSome') === 0 ? 'none' : sum('ofAll') >= possible ? 'all' : 'part';
  if (!covered.states) return { ...covered, loaded };
  const known = found.filter(({ ofAll }) => ofAll > 0).map(({ state, ofAll }) => [state, ofAll] as const);
  const unknown = covered.days - sum('ofAll');
  return {
    ...{ ...covered, loaded },
    states: { ...Object.fromEntries(known), ...(unknown > 0 ? { none: unknown } : {}) },
  };
}
