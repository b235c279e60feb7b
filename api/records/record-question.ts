/** What of a dataset of records is asked for, read from a query. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findLocation, type Location, locationAt } from '../../db/queries/catalog/locations.ts';
import type { RecordPlace, RecordSelection } from '../../db/queries/records/record-rows.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { RECORD_FORMATS, type RecordFormat } from '../../domain/records/record-text.ts';
import { dayInterval, isCivilDay } from '../../domain/time/civil-day.ts';
import { refuseOddYear } from '../data/years.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { formatOf } from '../formats/formats.ts';
import { Problem, wrongField } from '../http/problem.ts';
import { bound, instant, wholeNumber } from '../schemas.ts';

const ROWS = 1_000;
const MOST_ROWS = 10_000;

export const locationId = z
  .guid('write the id of a location, a UUID; GET /v1/locations has them')
  .transform((id) => id.toLowerCase())
  .describe('id of a location')
  .meta({ examples: ['9415913d-fffa-41f9-9323-6d62e6100a31'] });

// biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL takes no NUL in a text
const KEY = /^[^\u0000]+$/;

export const recordsQuery = z.strictObject({
  location: locationId.optional().describe('only records about the area of this location'),
  from: bound.optional(),
  to: bound.optional(),
  key: z.string().max(200).regex(KEY, 'write the key of a record').optional().describe('only this record'),
  as_of: instant.optional().describe('as known at that instant; default: the latest'),
  format: z.enum(RECORD_FORMATS).optional().describe('default: by Accept, else json'),
  limit: wholeNumber(1, MOST_ROWS).optional().describe(`rows of a page; ${ROWS} when left out`),
  after: z.string().max(1_000).optional().describe('where the page before ended; stands in "next"'),
});

export type RecordsQuery = z.output<typeof recordsQuery>;

export interface RecordQuestion {
  readonly selection: RecordSelection;
  readonly after: RecordPlace | null;
  readonly limit: number;
  readonly location: Location | null;
}

/** @throws Problem 404, 422 */
export async function readQuestion(
  deps: ApiDependencies,
  { caller }: FastifyRequest,
  dataset: RecordDataset,
  query: RecordsQuery,
): Promise<RecordQuestion> {
  const { timeZone } = dataset.source;
  const from = boundOf('from', query.from, timeZone);
  const to = boundOf('to', query.to, timeZone);
  if (from && to && from >= to)
    throw wrongField('to', query.to, `it is not after "from" (${query.from}); swap them`, 422);
  const asOf = asOfFrom(deps, query.as_of);
  const location = query.location ? await readLocation(deps, dataset, query.location, asOf) : null;
  const { key = null, limit = ROWS, after } = query;
  const selection = { dataset, area: location, from, to, key, asOf, personal: caller.personal };
  return { selection, after: readAfter(after), limit, location };
}

function boundOf(field: 'from' | 'to', text: string | undefined, timeZone: string): Date | null {
  if (text === undefined) return null;
  refuseOddYear(field, text);
  if (!isCivilDay(text)) return new Date(text);
  const { startMs, endMs } = dayInterval(text, timeZone);
  return new Date(field === 'from' ? startMs : endMs);
}

function asOfFrom({ now }: ApiDependencies, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (at > now()) throw wrongField('as_of', text, 'it lies ahead; leave it out for the latest', 422);
  return at;
}

async function readLocation(
  { database }: ApiDependencies,
  { id, location: fields }: RecordDataset,
  wanted: string,
  asOf: Date | null,
): Promise<Location> {
  if (!fields) throw wrongField('location', wanted, `records of ${id} are about no area; leave it out`, 422);
  const now = await findLocation(database, wanted);
  if (!now) throw new Problem(404, `there is no location ${wanted}; GET /v1/locations has them`);
  if (!asOf) return now;
  const then = await locationAt(database, wanted, asOf);
  if (then) return then;
  throw wrongField('as_of', asOf.toISOString(), `the location ${wanted} was not known then`, 422);
}

/** @throws Problem 406 */
export function formatOfRecords(request: FastifyRequest, asked: RecordFormat | undefined): RecordFormat {
  const format = formatOf(request, asked);
  const found = RECORD_FORMATS.find((each) => each === format);
  if (found) return found;
  throw new Problem(406, `records can be had as ${RECORD_FORMATS.join(', ')}`);
}

const placeSchema = z.tuple([z.string().regex(KEY), z.string().refine(isCivilDay)]);

function readAfter(text: string | undefined): RecordPlace | null {
  if (text === undefined) return null;
  try {
    const [key, day] = placeSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { key, day };
  } catch {
    throw wrongField('after', text, 'take it from "next" of the page before, unchanged', 422);
  }
}
