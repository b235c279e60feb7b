/** Bodies that are not the JSON envelope that the source promises, or only nearly. All come with status 200. */
import type { Socket } from 'node:net';
import { each, type Family, type HostileCase, head, ok, published, text } from './case.ts';
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
  ...each(notJson, {
    'a page of HTML': ok(PAGE, { 'content-type': 'text/html' }),
    'a page of HTML that says it is JSON': ok(PAGE),
    'no body': ok(''),
    'only white space': ok(' \r\n\t'),
    'JSON cut in the middle': text((good) => good.slice(0, good.length / 2)),
    'JSON without its last brace': text((good) => good.slice(0, -1)),
    'two documents in one': text((good) => good + good),
    'a comma too many': text((good) => good.replace('],', ',],')),
    'a comment in JSON': text((good) => `/* now */${good}`),
    'JSON after a guard against inclusion': text((good) => `)]}',\n${good}`),
    'a thousand zero bytes': ok(Buffer.alloc(1_000)),
    'UTF-16 without one': text((good) => Buffer.from(good, 'utf16le')),
    'a million brackets, never closed': ok('['.repeat(DEEP)),
  }),
  ...each(complete, {
    'another content type': text((good) => good, { 'content-type': 'text/csv' }),
    'another charset in the header': text((good) => good, {
      'content-type': 'application/json; charset=utf-16',
    }),
    'UTF-8 with a byte order mark': text((good) => `\ufeff${good}`),
    'fifteen megabytes of spaces before good JSON': text((good) => ' '.repeat(15 * MIB) + good),
    'data twice, the second one good': text((good) => good.replace('{"data"', '{"data":[{}],"data"')),
    'an envelope with more in it': text((good) =>
      toJson({ ...JSON.parse(good), totalRows: -1, next: 'http://elsewhere/' }),
    ),
  }),
  ...each(notUtf8, {
    'Latin-1': text((good) => Buffer.from(good.replace('null', '"é"'), 'latin1')),
    'half a character at the end': text((good) =>
      Buffer.concat([Buffer.from(good), Buffer.from([0xf0, 0x9f])]),
    ),
    'UTF-16 with a byte order mark': text((good) => Buffer.from(`\ufeff${good}`, 'utf16le')),
  }),
  ...each(tooLarge, {
    'a gigabyte of spaces': spaces,
    'one byte more than is allowed': text((good) => good.padEnd(16 * MIB + 1)),
  }),
  ...each(shape, {
    'a million brackets, closed': ok('['.repeat(DEEP) + ']'.repeat(DEEP)),
    'deep nesting where the rows should be': ok(`{"data":${'{"data":'.repeat(DEEP)}[]${'}'.repeat(DEEP)}}`),
    'nothing but null': ok('null'),
    'nothing but a number': ok('1e999'),
    'nothing but a text': text((good) => JSON.stringify(good)),
    'a list without its envelope': text((good) => JSON.stringify(JSON.parse(good).data)),
    'data is null': ok('{"data":null,"rejected":false,"messages":null}'),
    'data is an object': ok('{"data":{"0":{}},"rejected":false,"messages":null}'),
    'data is missing': ok('{"rejected":false,"messages":null}'),
    'data under another name': text((good) => good.replace('"data"', '"Data"')),
    'data is a list of nulls': ok(envelope([null, null])),
    'data is a list of lists': text((good) => envelope(JSON.parse(good).data.map(Object.entries))),
    'one null among good rows': (request, socket) =>
      ok(envelope([...published(request), null]))(request, socket),
    'a problem document with status 200': ok('{"type":"about:blank","title":"Bad Request","status":400}', {
      'content-type': 'application/problem+json',
    }),
    'half a million empty rows': ok(`{"data":[${'{},'.repeat(500_000)}{}]}`),
    'a row of three hundred thousand columns': ok(
      `{"data":[{"dateTimeUtc":"2025-06-01T00:00:00Z"${manyColumns()}}]}`,
    ),
  }),
  ...each(rejected, {
    'deep nesting in the messages of a refusal': ok(
      `{"rejected":true,"messages":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`,
    ),
    'rejected, without data': ok('{"data":null,"rejected":true,"messages":["window too wide"]}'),
    'rejected, with good data': text((good) => good.replace('"rejected":false', '"rejected":true')),
  }),
  { name: 'nothing yet', answer: ok(envelope([])), state: 'late', findings: { late: 'warn 1' } },
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
