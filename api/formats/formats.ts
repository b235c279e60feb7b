/** The formats of tables: which one is asked for, and what a route says of them. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FORMATS, type Format } from '../../read/formats/formats.ts';
import { Problem } from '../http/problem.ts';

/** Types as they may stand in Accept, best first. */
const ACCEPTED: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.parquet': 'parquet',
};

/** What a route says of its answer: JSON by its schema, and the same rows in the other formats. */
export function inEveryFormat<T extends z.ZodType>(schema: T) {
  const binary = z.string().meta({ format: 'binary' });
  return {
    'application/json': { schema },
    'application/x-ndjson': { schema: z.string().describe('an object a line') },
    'text/csv': { schema: z.string().describe('with a head; a null is an empty field') },
    'application/vnd.apache.arrow.stream': { schema: binary },
    'application/vnd.apache.parquet': { schema: binary },
  };
}

/** By `format`, else by Accept. @throws Problem 406 */
export function formatOf(request: FastifyRequest, asked: Format | undefined): Format {
  if (asked !== undefined) return asked;
  // Most say nothing, or take anything.
  const { accept = '*/*' } = request.headers;
  if (accept === '*/*') return 'json';
  const type = request.accepts().type(Object.keys(ACCEPTED));
  const format = typeof type === 'string' ? ACCEPTED[type] : undefined;
  if (format) return format;
  const types = [...new Set(Object.keys(ACCEPTED))].join(', ');
  throw new Problem(406, `this can be had as ${types}; or write "format" (${FORMATS.join(', ')})`, {
    faults: [{ field: 'Accept', value: request.headers.accept, hint: `write one of ${types}` }],
  });
}
