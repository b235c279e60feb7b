/** Bodies of lines: passed on unparsed to the routes that take them, refused by all others. */
import type { FastifyRequest } from 'fastify';
import type { Api } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';

export const NDJSON = 'application/x-ndjson';
export const CSV = 'text/csv';
const JSON_TYPE = 'application/json';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route takes a body of lines: JSON or CSV. */
    takesLines?: boolean;
  }
}

export function takeLines(api: Api): void {
  for (const type of [NDJSON, CSV])
    api.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      if (request.routeOptions.config.takesLines) return done(null, body);
      done(new Problem(415, `this path does not take ${type}`));
    });
  // The bytes are stored as sent, so they must not be parsed and serialized on the way.
  const readJson = api.getDefaultJsonParser('error', 'error');
  api.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.takesLines) done(null, body);
    else void readJson(request, body.toString(), done);
  });
}

export interface SentLines {
  /** How many of them are not blank. */
  readonly lines: number;
  /** Lines of JSON, or CSV with its header line. */
  readonly bytes: Buffer;
  /** How many lines of the bytes come before the first one that was sent. */
  readonly before: number;
}

/**
 * The body of a request as lines.
 * @param isHeader whether a first line is the header of CSV.
 * @throws Problem 400 for a body that is not JSON, 415 for another type, 422 for CSV without a header and for an empty body.
 */
export function sentLines({ body, headers }: FastifyRequest, isHeader: (line: string) => boolean): SentLines {
  const type = headers['content-type']?.toLowerCase() ?? '';
  if (!Buffer.isBuffer(body)) throw new Problem(415, `send ${JSON_TYPE}, ${NDJSON} or ${CSV}`);
  const isCsv = type.startsWith(CSV);
  const bytes = type.startsWith(JSON_TYPE) ? Buffer.from(linesOfJson(body.toString())) : body;
  const isNamed = isHeader(firstLine(bytes));
  if (isCsv && !isNamed) throw new Problem(422, NO_HEADER);
  const lines = countLines(bytes) - (isCsv ? 1 : 0);
  if (lines === 0) throw new Problem(422, 'there is nothing in it: send at least one record');
  // A line of JSON that could pass for a CSV header must not become one, so it must not be the first line.
  if (!isNamed || isCsv) return { lines, bytes, before: 0 };
  return { lines, bytes: Buffer.concat([Buffer.from('\n'), bytes]), before: 1 };
}

const NO_HEADER =
  'the first line of CSV names the columns, that of the id among them; docs/events.md has their names';

/** A record, or a list of them, as lines: only line breaks within a record are changed. */
function linesOfJson(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Problem(400, `the body is no JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const records = text.trim().startsWith('[') ? elementsOf(text) : [text];
  return records.map((record) => record.replaceAll(/[\r\n]+/g, ' ').trim()).join('\n');
}

/** The elements of a JSON list, as text. */
function elementsOf(text: string): string[] {
  const marks = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},]/g;
  const elements: string[] = [];
  let depth = 0;
  let from = text.indexOf('[') + 1;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '[' || mark[0] === '{') depth += 1;
    const isEnd = depth === 1 && mark[0] === ']';
    if (isEnd || (depth === 1 && mark[0] === ',')) {
      const element = text.slice(from, mark.index);
      if (element.trim() !== '') elements.push(element);
      from = mark.index + 1;
    }
    if (mark[0] === ']' || mark[0] === '}') depth -= 1;
  }
  return elements;
}

const LINE_FEED = 10;

function firstLine(bytes: Buffer): string {
  const end = bytes.indexOf(LINE_FEED);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

/** Counts lines that are not blank. */
function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end === -1 ? bytes.length : end;
    if (bytes.subarray(from, to).some((byte) => byte > SPACE)) lines += 1;
    from = to + 1;
  }
  return lines;
}

const SPACE = 32;
