/** Locations as queries for records name them. */
import { z } from 'zod';
import type { Location } from '../../db/queries/catalog/locations.ts';
import { LocationRefused, locationsOf } from '../../db/read/locations.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem, wrongField } from '../http/problem.ts';
import { PRINTABLE } from '../schemas.ts';

export const locationId = z
  .guid('write the id of a location, a UUID; GET /v1/locations has them')
  .transform((id) => id.toLowerCase())
  .describe('id of a location')
  .meta({ examples: ['9415913d-fffa-41f9-9323-6d62e6100a31'] });

const MOST_LOCATIONS = 100;

export const locationNames = z
  .array(z.string().min(1).max(2_000).regex(PRINTABLE, 'write the id or the name of a location'))
  .min(1)
  .max(MOST_LOCATIONS)
  .describe('ids or names of locations; may be repeated or comma-separated')
  .meta({ examples: [['9415913d-fffa-41f9-9323-6d62e6100a31'], ['Flevoland', 'Utrecht']] });

/** The locations as known at an instant. @throws Problem 404, 422 */
export async function readLocations(
  { database }: ApiDependencies,
  dataset: Dataset,
  wanted: readonly string[],
  asOf: Date | null,
): Promise<Location[]> {
  if (!isOfRecords(dataset) || !dataset.location)
    throw wrongField('location', wanted[0], `records of ${dataset.id} are about no area; leave it out`, 422);
  try {
    return await locationsOf(database, wanted, asOf);
  } catch (error) {
    throw error instanceof LocationRefused ? problemOf(error, asOf) : error;
  }
}

function problemOf({ wanted, why }: LocationRefused, asOf: Date | null): Problem {
  if (why === 'none') return new Problem(404, `there is no location ${wanted}; GET /v1/locations has them`);
  return why === 'several'
    ? wrongField('location', wanted, 'several locations have this name; write the id of one of them', 422)
    : wrongField('as_of', asOf?.toISOString(), `the location ${wanted} was not known then`, 422);
}
