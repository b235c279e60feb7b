/**
 * A case of the hostile source corpus: how the source answers for one delivery day, and what must become of that day. And
 * the ways to answer: an answer writes to the socket what it likes.
 */
import type { Socket } from 'node:net';
import type { SourceRequest } from '../../../domain/dataset/pull.ts';
import type { DayState } from '../../../domain/days/ledger.ts';
import type { FailureCode } from '../../../domain/workflow/failures.ts';
import { envelope, goodRows, type Row } from './good-day.ts';

/** One request for a day. */
export interface DayRequest {
  /** The window that was asked for, milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The resolution that the dataset believes in, milliseconds. */
  readonly stepMs: number;
  /** 1 for the first request for this day. */
  readonly time: number;
  /** The server's own address, and that of another that must never be asked. */
  readonly here: string;
  readonly elsewhere: string;
}

export type Answer = (request: DayRequest, socket: Socket) => unknown;

export interface Expected {
  readonly state: DayState;
  /** Observation rows of the day. @default 0 */
  readonly rows?: number;
  /** Every finding of the day: rule, and severity with number: `{ range: 'block 1' }`. @default none */
  readonly findings?: Readonly<Record<string, string>>;
  /** Why the workflow failed, where it did. */
  readonly failure?: FailureCode;
  /** How many requests the source gets. @default 1 */
  readonly requests?: number;
  /** What remains after a good answer. @default a complete day's rows and no open finding */
  readonly afterwards?: { readonly rows?: number; readonly findings?: Readonly<Record<string, string>> };
}

export interface HostileCase extends Expected {
  readonly name: string;
  readonly answer: Answer;
  /** Other limits than the dataset's, where its own would take a minute. */
  readonly limits?: Partial<SourceRequest>;
}

export interface Family {
  readonly name: string;
  /** The delivery day of the first case; the others follow, with good days among them. The day before is a good one. */
  readonly firstDay: string;
  /** @default the Core max exchanges */
  readonly dataset?: string;
  readonly cases: readonly HostileCase[];
}

/** Cases that end alike, by name. */
export function each(
  expected: Omit<HostileCase, 'name' | 'answer'>,
  answers: Readonly<Record<string, Answer>>,
): HostileCase[] {
  return Object.entries(answers).map(([name, answer]) => ({ name, answer, ...expected }));
}

/** An answer of HTTP that is well formed as such. */
export function respond(
  status: number | string,
  body: string | Buffer = '',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (_request, socket) => {
    const content = Buffer.from(body);
    const all = {
      'content-type': 'application/json',
      'content-length': content.length,
      connection: 'close',
      ...headers,
    };
    socket.end(Buffer.concat([head(status, all), content]));
  };
}

/** Status line and headers, with the empty line after them. */
export function head(status: number | string, headers: Readonly<Record<string, string | number>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} Said\r\n${lines.join('')}\r\n`, 'utf8');
}

/** 200 with the given text or bytes. */
export function ok(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Answer {
  return respond('200', body, headers);
}

/** 200 with the day's good rows, changed. */
export function rows(change: (rows: Row[], request: DayRequest) => unknown = (same) => same): Answer {
  return (request, socket) => ok(envelope(change(published(request), request)))(request, socket);
}

/** 200 with the text of the day's good answer, changed. */
export function text(
  change: (good: string) => string | Buffer,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return (request, socket) => ok(change(goodBody(request)), headers)(request, socket);
}

/** Changes one cell: 05:00 after the day's start, Austria to Belgium. */
export function cell(value: unknown, border = 'border_AT_BE'): Answer {
  return rows((all) => all.map((row, i) => (i === 5 ? { ...row, [border]: value } : row)));
}

/** Changes every cell. */
export function everyCell(change: (value: number, name: string) => unknown): Answer {
  return rows((all) => all.map((row) => mapValues(row, change)));
}

/** Adds columns to every row. */
export function columns(...names: string[]): Answer {
  return rows((all) =>
    all.map((row) => ({ ...row, ...Object.fromEntries(names.map((name) => [name, 1500])) })),
  );
}

/** The instant of the row at 05:00 after the day's start is written otherwise. */
export function time(written: (ms: number) => unknown): Answer {
  return rows((all) =>
    all.map((row, i) => (i === 5 ? { ...row, dateTimeUtc: written(instantOf(row)) } : row)),
  );
}

/** Every row's instant is written otherwise. */
export function times(written: (ms: number) => unknown): Answer {
  return rows((all) => all.map((row) => ({ ...row, dateTimeUtc: written(instantOf(row)) })));
}

/** The first request is answered one way, later ones another. */
export function firstThen(first: Answer, later: Answer): Answer {
  return (request, socket) => (request.time === 1 ? first : later)(request, socket);
}

export function published({ fromMs, toMs, stepMs }: DayRequest): Row[] {
  return goodRows(fromMs, toMs, stepMs);
}

export function goodBody(request: DayRequest): string {
  return envelope(published(request));
}

export const good: Answer = rows();

export function instantOf({ dateTimeUtc }: Row): number {
  return Date.parse(dateTimeUtc);
}

function mapValues(row: Row, change: (value: number, name: string) => unknown): Record<string, unknown> {
  const entries = Object.entries(row).map(([name, value]) =>
    name.startsWith('border_') ? [name, change(value as number, name)] : [name, value],
  );
  return Object.fromEntries(entries);
}
