/** The formats of tables: which one a request wants, and how routes document them. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FORMATS, type Format } from '../../db/read/formats/formats.ts';
import { Problem } from '../http/problem.ts';

/** Media types accepted in Accept, best first. */
const ACCEPTED: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.parquet': 'parquet',
};

/** The documented content of an answer: JSON by its schema, and the same rows in the other formats. */
export function inEveryFormat<T extends z.ZodType>(schema: T) {
  const binary = z.string().meta({ format: 'binary' });
  return {
    'application/json': { schema },
    'application/x-ndjson': { schema: z.string().describe('one object per line') },
    'text/csv': { schema: z.string().describe('with a header line; null is an empty field') },
    'application/vnd.apache.arrow.stream': { schema: binary },
    'application/vnd.apache.parquet': { schema: binary },
  };
}

/** By `format`, else by Accept. @throws Problem 406 */
export function formatOf(request: FastifyRequest, chosen: Format | undefined): Format {
  if (chosen !== undefined) return chosen;
  // Most clients send no Accept, or accept anything.
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
