// Is a recording served byte for byte, and is only what was asked for changed in it?
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rawRows } from '../../../simulator/recorded-source.ts';
import { HAS_RECORDINGS, JAO_RECORDINGS, RECORDED_BODY } from '../../support/recordings.ts';
import { ask, control, requestDay, rowsOf, still } from '../../support/simulator/ask.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark recording-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Spacing, a number without digits and an unknown field show that the text of a row is kept and not rebuilt.
const FIRST =
  '{ "id": 7, "dateTimeUtc": "2025-01-01T23:00:00Z", "note": "a ] and a \\"} in text\\"", "border_AT_BE": 10 }';
const SECOND =
  '{"id":8,"dateTimeUtc":"2025-01-02T00:00:00Z","border_AT_BE":11.0000000000,"border_AT_CZ":null}';
const envelope = (...rows: string[]) => `{"data":[${rows.join(',')}],"rejected":false,"messages":null}`;

writeFileSync(join(folder, 'core_maxExchanges_b.json'), envelope(SECOND.replace('11.', '12.')));
writeFileSync(join(folder, 'core_maxExchanges_a.json'), envelope(FIRST, SECOND));
writeFileSync(join(folder, 'core_maxExchanges_keys.json'), '["border_AT_BE"]');
writeFileSync(join(folder, 'core_maxExchanges_cut.json'), envelope(FIRST).slice(0, 50));
writeFileSync(join(folder, 'nordic_maxExchanges.json'), envelope(FIRST.replace('23:00', '22:00')));

describe('a small recording', () => {
  const recorded = still({ recorded: folder });

  test('answers the raw rows inside the window; of two files the later name counts', () => {
    const answer = ask(recorded, '2025-01-01T22:00:00Z', '2025-01-03T00:00:00Z');
    expect(answer.body).toBe(envelope(FIRST, SECOND.replace('11.', '12.')));
    expect(ask(recorded, '2025-01-02T00:00:00Z', '2025-01-02T01:00:00Z').body).toBe(
      envelope(SECOND.replace('11.', '12.')),
    );
  });

  test('serves each table under the path of its name, and no other', () => {
    const nordic = ask(
      recorded,
      '2025-01-01T22:00:00Z',
      '2025-01-03T00:00:00Z',
      '/nordic/api/data/maxExchanges',
    );
    expect(nordic.body).toBe(envelope(FIRST.replace('23:00', '22:00')));
    expect(ask(recorded, '2025-01-01', '2025-01-02', '/core/api/data/netPos').status).toBe(404);
  });

  test('answers nothing elsewhere and never invents', () => {
    expect(requestDay(recorded, '2026-11-20').body).toBe(envelope());
  });

  test('counts as published whatever the clock says', () => {
    const early = still({ recorded: folder, now: '2020-01-01T00:00:00Z' });
    expect(rowsOf(requestDay(early, '2025-01-02'))).toHaveLength(2);
  });

  test('is marked as a recording and not as a simulation', () => {
    const { headers } = requestDay(recorded, '2025-01-02');
    expect(headers['x-tidemark-recording']).toMatch(/^tidemark%20recording-/);
    expect(headers).not.toHaveProperty('x-tidemark-simulator');
    expect(control(recorded, 'GET', 'state').body.serves).toMatch(
      /^recorded values, 3 rows from tidemark recording-/,
    );
  });

  test('revise changes the text of one number', () => {
    const revised = still({ recorded: folder });
    const post = (hour: number, border: string, value: number | null) =>
      control(revised, 'POST', 'revise', { day: '2025-01-02', hour, border, value }).status;
    expect([post(0, 'border_AT_BE', 99), post(1, 'border_AT_CZ', 5)]).toEqual([201, 201]);
    expect(requestDay(revised, '2025-01-02').body).toBe(
      envelope(
        FIRST.replace(': 10', ': 99.0000000000'),
        SECOND.replace('11.', '12.').replace('null', '5.0000000000'),
      ),
    );
    expect([post(2, 'border_AT_BE', 1), post(0, 'border_AT_CZ', 1)]).toEqual([400, 400]);
  });

  test('faults act on a recording too', () => {
    const faulty = still({ recorded: folder, faults: ['null-values', 'quarter-hours', 'new-border'] });
    const rows = rowsOf(requestDay(faulty, '2025-01-02'));
    expect(rows).toHaveLength(8);
    expect(rows[5]).toMatchObject({
      dateTimeUtc: '2025-01-02T00:15:00Z',
      border_AT_BE: null,
      border_AT_UA: 500,
    });
  });
});

test('rows are found by structure, also when strings hold brackets', () => {
  expect(rawRows(envelope(FIRST, SECOND))).toEqual([FIRST, SECOND]);
  expect(rawRows(' { "data" : [ {"a":[1,{"b":2}]} ,\n{"c":"}]"} ] , "x": [3] }')).toEqual([
    '{"a":[1,{"b":2}]}',
    '{"c":"}]"}',
  ]);
  expect(rawRows(envelope())).toEqual([]);
});

test.each([
  ['a folder that is not there', '/nowhere/at/all', 'must be a folder that can be read'],
  ['a folder without recordings', import.meta.dirname, 'must be a folder with recorded bodies'],
])('%s is refused', (_name, path, summary) => {
  expect(() => still({ recorded: path })).toThrow(summary);
});

if (HAS_RECORDINGS)
  describe('the recorded bodies', () => {
    const recorded = still({ recorded: JAO_RECORDINGS });
    const body = readFileSync(RECORDED_BODY, 'utf8');

    test('come back byte for byte', () => {
      expect(ask(recorded, '2026-04-20T00:00:00.000Z', '2026-04-22T00:00:00.000Z').body).toBe(body);
      expect(ask(recorded, '2026-04-19T12:00:00Z', '2026-04-21T12:00:00Z').body).toBe(
        envelope(...rawRows(body).slice(0, 36)),
      );
    });

    test.each([
      ['core_atc_20260420_2d.json', '/core/api/data/atc'],
      ['nordic_maxExchanges_20260420_2d.raw.json', '/nordic/api/data/maxExchanges'],
    ])('%s comes back under %s', (file, path) => {
      const text = readFileSync(`${JAO_RECORDINGS}${file}`, 'utf8');
      const answer = ask(recorded, '2026-04-20T00:00:00Z', '2026-04-22T00:00:00Z', path);
      expect(answer.body).toBe(envelope(...rawRows(text)));
      expect(JSON.parse(answer.body)).toEqual(JSON.parse(text));
    });

    test('come back value for value, day by day', () => {
      const expected = JSON.parse(body).data as { dateTimeUtc: string }[];
      expect(rowsOf(requestDay(recorded, '2026-04-21'))).toEqual(expected.slice(22, 46));
      expect(rowsOf(requestDay(recorded, '2026-04-20'))).toEqual(expected.slice(0, 22));
      expect(rowsOf(requestDay(recorded, '2026-04-22'))).toEqual(expected.slice(46));
    });

    test('differ in one number after a revision, and in nothing else', () => {
      const copy = mkdtempSync(join(tmpdir(), 'tidemark-'));
      cpSync(RECORDED_BODY, join(copy, 'core_maxExchanges.json'));
      const revised = still({ recorded: copy });
      rmSync(copy, { recursive: true });
      control(revised, 'POST', 'revise', { day: '2026-04-20', hour: 2, border: 'border_AT_BE', value: 1 });
      const first = Number(JSON.parse(body).data[0].border_AT_BE).toFixed(10);
      expect(ask(revised, '2026-04-20T00:00:00Z', '2026-04-22T00:00:00Z').body).toBe(
        body.replace(`"border_AT_BE":${first}`, '"border_AT_BE":1.0000000000'),
      );
    });
  });
