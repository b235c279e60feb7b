/** Locations as queries for records name them. */
import { z } from 'zod';
import { findLocation, type Location, locationAt } from '../../db/queries/catalog/locations.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem, wrongField } from '../http/problem.ts';

export const locationId = z
  .guid('write the id of a location, a UUID; GET /v1/locations has them')
  .transform((id) => id.toLowerCase())
  .describe('id of a location')
  .meta({ examples: ['9415913d-fffa-41f9-9323-6d62e6100a31'] });

/** The location as known at an instant. @throws Problem 404, 422 */
export async function readLocation(
  { database }: ApiDependencies,
  dataset: Dataset,
  wanted: string,
  asOf: Date | null,
): Promise<Location> {
  if (!isOfRecords(dataset) || !dataset.location)
    throw wrongField('location', wanted, `records of ${dataset.id} are about no area; leave it out`, 422);
  const now = await findLocation(database, wanted);
  if (!now) throw new Problem(404, `there is no location ${wanted}; GET /v1/locations has them`);
  if (!asOf) return now;
  const then = await locationAt(database, wanted, asOf);
  if (then) return then;
  throw wrongField('as_of', asOf.toISOString(), `the location ${wanted} was not known then`, 422);
}
