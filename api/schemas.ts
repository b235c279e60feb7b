/** Parts of requests and answers that several routes share. */
import { z } from 'zod';
import { LOADED } from '../domain/days/coverage.ts';
import { isCivilDay } from '../domain/time/civil-day.ts';
import { isInstant } from '../domain/workflow/fields.ts';
import { wrongField } from './http/problem.ts';

/** PostgreSQL accepts no NUL in a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is about
export const PRINTABLE = /^[^\u0000]+$/;

export const datasetId = z
  .string()
  .max(200)
  .regex(PRINTABLE, 'write the id of a dataset')
  .describe('id of a dataset')
  .meta({ examples: ['jao-core.max-exchanges'] });

export const day = z
  .string()
  .refine(isCivilDay, 'write an existing date as YYYY-MM-DD')
  .describe('a delivery day of the dataset')
  .meta({ format: 'date', examples: ['2026-11-20'] });

const asInstant = z
  .string()
  .refine(isInstant, 'write an existing instant with its offset, such as 2026-11-20T10:30:00Z')
  .meta({ format: 'date-time', examples: ['2026-11-20T10:30:00Z'] });

export const instant = asInstant.describe('an instant with its offset');

/** An instant of an answer. */
export const stamp = z.string().meta({ format: 'date-time' });

export const bound = z
  .union(
    [day, asInstant],
    'write a delivery day (YYYY-MM-DD) or an instant with its offset (2026-11-20T10:30:00Z)',
  )
  .describe('a delivery day (from its first, to its last instant) or an instant with its offset');

export const seriesName = z.string().max(200).regex(PRINTABLE, 'write the name of a series');

/** Search words; none matches everything. */
export const words = z
  .string()
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is about
  .regex(/^[^\u0000]*$/, 'write words without control characters');

export const pinId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16}$/, 'take it from the answer of POST /v1/pins, unchanged')
  .describe('id of a pin');

/** A whole number in a query or a path. */
export function wholeNumber(min: number, max: number) {
  return z.coerce.number(`write a whole number from ${min} to ${max}`).int().min(min).max(max);
}

/** For a refinement that OpenAPI cannot express: input that violates it conforms to the document, so it is a 422. */
export const unanswerable = { params: { status: 422 } };

export const locationFacts = {
  id: z.string().describe('a UUID'),
  name: z.string(),
  country: z.string().describe('ISO 3166-1'),
  subdivision: z.string().nullable().describe('ISO 3166-2; null: the whole country'),
  active: z.boolean().describe('false: removed'),
};

/** The meta data of every answer about a dataset. */
export const metaSchema = z
  .object({
    dataset: z.string(),
    unit: z.string().optional().describe('of points'),
    time_zone: z.string().describe('of the delivery days'),
    from: stamp.nullable().describe('null: no bound was given, which records need not have'),
    to: stamp.nullable(),
    as_of: stamp
      .nullable()
      .describe(
        'the answer contains nothing that became known later, and the same as-of query never changes: the requested instant, or the newest settled one if that is earlier; null: nothing is known',
      ),
    latest: z.boolean().describe('true: no as-of was requested'),
    gate: z.string().optional().describe('the gate requested; then as_of is that of the last day'),
    days_asked: z.int().optional().describe('with a gate: the delivery days of the range'),
    days_known: z
      .int()
      .optional()
      .describe(
        'with a gate: those of which something was recorded by their gate; of the others nothing can be said',
      ),
    days_provisional: z
      .int()
      .optional()
      .describe(
        'with a gate: those whose gate lies ahead of the instant asked; their values may still change',
      ),
    recorded_since: stamp
      .nullable()
      .optional()
      .describe(
        'with a gate: since when something of the dataset is recorded; null: nothing was at the instant asked',
      ),
    gate_days: z
      .array(z.object({ day, gate_at: stamp, reached: z.boolean(), recorded: z.boolean() }))
      .readonly()
      .optional()
      .describe(
        'with a gate: when it is on each day, whether it was reached, and whether the day was recorded by then',
      ),
    pin: z.string().optional().describe('the pin requested'),
    key: z.string().optional().describe('the key of the record requested'),
    locations: z
      .array(z.object(locationFacts))
      .optional()
      .describe('those requested, as they were known then'),
    fallback: z
      .boolean()
      .optional()
      .describe('with locations: the source does not know the area of one, so the enclosing area is used'),
    buckets: z
      .object({ resolution: z.string(), functions: z.array(z.string()), time_zone: z.string() })
      .optional()
      .describe('of aggregated values'),
    coverage: z
      .object({
        days: z
          .int()
          .describe('delivery days (or years) that the range touches; of records without a range: all'),
        loaded: z
          .enum(LOADED)
          .describe(
            'how many of them were ever loaded: with "none", that there are no rows means nothing; in answers about the past: of how many something was known',
          ),
        states: z
          .record(z.string(), z.int())
          .optional()
          .describe('days by state of the ledger; "none": without a row'),
        expected_points: z
          .int()
          .optional()
          .describe(
            'of the series and instants asked for, on days that are in the ledger; of records: those there',
          ),
        present_points: z
          .int()
          .optional()
          .describe('of those: points that have a value, records that are there'),
        quarantined_points: z.int().optional(),
      })
      .optional()
      .describe(
        'of what was asked: range, series, key, location; by the current ledger. /coverage says why points are missing. Answers about the past have days and loaded; those for a gate say it by the day',
      ),
    simulated: z.boolean().describe('made by the bundled simulator, not by the publisher'),
  })
  .meta({ id: 'Meta' });

export type Meta = z.output<typeof metaSchema>;

/** Converts rows of the database for answers: names in SQL style, instants as text. */
export function wire(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [snake(key), wire(each)]));
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Outside of these years, time zones and calendars are guesses. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;

/** @param text a day or an instant. @throws Problem 422 */
export function refuseOddYear(field: string, text: string): void {
  const year = Number(text.slice(0, 4));
  if (year < FIRST_YEAR || year > LAST_YEAR)
    throw wrongField(field, text, `write a year from ${FIRST_YEAR} to ${LAST_YEAR}`, 422);
}
