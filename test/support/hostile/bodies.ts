/** Bodies that are not the JSON envelope that the source promises, or only nearly. All come with status 200. */
import type { Socket } from 'node:net';
import { type Family, type HostileCase, head, ok, published, text } from './case.ts';
import { envelope, FULL, toJson } from './good-day.ts';

const notJson = { state: 'quarantined', findings: { not_json: 'block 1' } } as const;
const notUtf8 = { state: 'quarantined', findings: { not_utf8: 'block 1' } } as const;
const shape = { state: 'quarantined', findings: { shape: 'block 1' } } as const;
const rejected = { state: 'quarantined', findings: { rejected: 'block 1' } } as const;
const complete = { state: 'complete', rows: FULL } as const;
const tooLarge = {
  state: 'failed',
  failure: 'ANSWER_TOO_LARGE',
  findings: { answer_too_large: 'warn 1' },
} as const;

const PAGE = '<!doctype html><html><body>Scheduled maintenance. See you soon 😀</body></html>';
const MIB = 1_048_576;
const DEEP = 1_000_000;

const cases: HostileCase[] = [
  { name: 'a page of HTML', answer: ok(PAGE, { 'content-type': 'text/html' }), ...notJson },
  { name: 'a page of HTML that says it is JSON', answer: ok(PAGE), ...notJson },
  { name: 'no body', answer: ok(''), ...notJson },
  { name: 'only white space', answer: ok(' \r\n\t'), ...notJson },
  { name: 'JSON cut in the middle', answer: text((good) => good.slice(0, good.length / 2)), ...notJson },
  { name: 'JSON without its last brace', answer: text((good) => good.slice(0, -1)), ...notJson },
  { name: 'two documents in one', answer: text((good) => good + good), ...notJson },
  { name: 'a comma too many', answer: text((good) => good.replace('],', ',],')), ...notJson },
  { name: 'a comment in JSON', answer: text((good) => `/* now */${good}`), ...notJson },
  { name: 'JSON after a guard against inclusion', answer: text((good) => `)]}',\n${good}`), ...notJson },
  { name: 'a thousand zero bytes', answer: ok(Buffer.alloc(1_000)), ...notJson },
  { name: 'another content type', answer: text((good) => good, { 'content-type': 'text/csv' }), ...complete },
  {
    name: 'another charset in the header',
    answer: text((good) => good, { 'content-type': 'application/json; charset=utf-16' }),
    ...complete,
  },
  { name: 'Latin-1', answer: text((good) => Buffer.from(good.replace('null', '"é"'), 'latin1')), ...notUtf8 },
  {
    name: 'half a character at the end',
    answer: text((good) => Buffer.concat([Buffer.from(good), Buffer.from([0xf0, 0x9f])])),
    ...notUtf8,
  },
  {
    name: 'UTF-16 with a byte order mark',
    answer: text((good) => Buffer.from(`\ufeff${good}`, 'utf16le')),
    ...notUtf8,
  },
  { name: 'UTF-16 without one', answer: text((good) => Buffer.from(good, 'utf16le')), ...notJson },
  { name: 'UTF-8 with a byte order mark', answer: text((good) => `\ufeff${good}`), ...complete },
  { name: 'a gigabyte of spaces', answer: spaces, ...tooLarge },
  {
    name: 'fifteen megabytes of spaces before good JSON',
    answer: text((good) => ' '.repeat(15 * MIB) + good),
    ...complete,
  },
  { name: 'one byte more than is allowed', answer: text((good) => good.padEnd(16 * MIB + 1)), ...tooLarge },
  { name: 'a million brackets, closed', answer: ok('['.repeat(DEEP) + ']'.repeat(DEEP)), ...shape },
  { name: 'a million brackets, never closed', answer: ok('['.repeat(DEEP)), ...notJson },
  {
    name: 'deep nesting where the rows should be',
    answer: ok(`{"data":${'{"data":'.repeat(DEEP)}[]${'}'.repeat(DEEP)}}`),
    ...shape,
  },
  {
    name: 'deep nesting in the messages of a refusal',
    answer: ok(`{"rejected":true,"messages":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`),
    ...rejected,
  },
  { name: 'nothing but null', answer: ok('null'), ...shape },
  { name: 'nothing but a number', answer: ok('1e999'), ...shape },
  { name: 'nothing but a text', answer: text((good) => JSON.stringify(good)), ...shape },
  {
    name: 'a list without its envelope',
    answer: text((good) => JSON.stringify(JSON.parse(good).data)),
    ...shape,
  },
  {
    name: 'rejected, without data',
    answer: ok('{"data":null,"rejected":true,"messages":["window too wide"]}'),
    ...rejected,
  },
  {
    name: 'rejected, with good data',
    answer: text((good) => good.replace('"rejected":false', '"rejected":true')),
    ...rejected,
  },
  { name: 'data is null', answer: ok('{"data":null,"rejected":false,"messages":null}'), ...shape },
  { name: 'data is an object', answer: ok('{"data":{"0":{}},"rejected":false,"messages":null}'), ...shape },
  { name: 'data is missing', answer: ok('{"rejected":false,"messages":null}'), ...shape },
  { name: 'data under another name', answer: text((good) => good.replace('"data"', '"Data"')), ...shape },
  { name: 'data is a list of nulls', answer: ok(envelope([null, null])), ...shape },
  {
    name: 'data is a list of lists',
    answer: text((good) => envelope(JSON.parse(good).data.map(Object.entries))),
    ...shape,
  },
  {
    name: 'one null among good rows',
    answer: (request, socket) => ok(envelope([...published(request), null]))(request, socket),
    ...shape,
  },
  {
    name: 'a problem document with status 200',
    answer: ok('{"type":"about:blank","title":"Bad Request","status":400}', {
      'content-type': 'application/problem+json',
    }),
    ...shape,
  },
  {
    name: 'data twice, the second one good',
    answer: text((good) => good.replace('{"data"', '{"data":[{}],"data"')),
    ...complete,
  },
  {
    name: 'an envelope with more in it',
    answer: text((good) => toJson({ ...JSON.parse(good), totalRows: -1, next: 'http://elsewhere/' })),
    ...complete,
  },
  { name: 'nothing yet', answer: ok(envelope([])), state: 'late', findings: { late: 'warn 1' } },
  { name: 'half a million empty rows', answer: ok(`{"data":[${'{},'.repeat(500_000)}{}]}`), ...shape },
  {
    name: 'a row of three hundred thousand columns',
    answer: ok(`{"data":[{"dateTimeUtc":"2025-06-01T00:00:00Z"${manyColumns()}}]}`),
    ...shape,
  },
];

export const bodies: Family = { name: 'bodies', firstDay: '2024-09-02', cases };

/** Streams until the client has enough. */
async function spaces(_request: unknown, socket: Socket): Promise<void> {
  socket.write(head('200', { 'content-type': 'application/json', connection: 'close' }));
  const chunk = Buffer.alloc(65_536, ' ');
  for (let sent = 0; sent < 1_024 * MIB && !socket.destroyed; sent += chunk.length) {
    if (!socket.write(chunk))
      await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
  }
  socket.end();
}

function manyColumns(): string {
  return Array.from({ length: 300_000 }, (_, i) => `,"border_${i}":1`).join('');
}
