/** Does the first dataset read what JAO sends, and what JAO should never send? */

import { describe, expect, test } from 'vitest';
import { sidesOf } from '../../../../datasets/jao-core/borders.ts';
import maxExchanges from '../../../../datasets/jao-core/max-exchanges.ts';
import { WHOLE_DAY } from '../../../../domain/dataset/pull.ts';
import { interpret } from '../../../../domain/interpret/interpret.ts';
import { deliveryInterval, intervalStarts } from '../../../../domain/time/delivery-day.ts';

const DAY = '2026-04-21';
const ZONES = ['AT', 'BE', 'CZ', 'DE', 'FR', 'HR', 'HU', 'NL', 'PL', 'RO', 'SI', 'SK'];
const BORDERS = ZONES.flatMap((from) =>
  ZONES.filter((to) => to !== from).map((to) => `border_${from}_${to}`),
);

type Row = Record<string, unknown>;

/** A clean day as JAO spells it, with raw ten-digit decimals, after a change to its rows. */
function body(change: (rows: Row[]) => Row[] = (rows) => rows, envelope: Row = {}): Buffer {
  const rows = intervalStarts(maxExchanges, DAY).map((ms, hour): Row => {
    const values = BORDERS.map((border, i) => [border, 1000 + i * 7 + ((hour * 37 + i * 11) % 90)]);
    const dateTimeUtc = new Date(ms).toISOString().replace('.000Z', 'Z');
    return { id: 34_081 + hour, dateTimeUtc, ...Object.fromEntries(values) };
  });
  const text = JSON.stringify({ data: change(rows), rejected: false, messages: null, ...envelope });
  return Buffer.from(text.replaceAll(/("border_[^"]*":\d+)(?=[,}])/g, '$1.0000000000'));
}

const first = (changes: Row) =>
  body((rows) => rows.map((row, i) => (i === 0 ? { ...row, ...changes } : row)));
const read = (bytes: Buffer) => interpret(maxExchanges, DAY, bytes);
const found = (bytes: Buffer) => read(bytes).findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe('a clean day', () => {
  test('gives 24 × 132 points and nothing to warn of', () => {
    expect(read(body())).toMatchObject({ kind: 'points', findings: [] });
    expect(read(body()).points).toHaveLength(24 * 132);
  });

  test('ids, row order and key order mean nothing', () => {
    const shuffled = body((rows) =>
      rows
        .toReversed()
        .map(({ id: _old, ...row }, i) =>
          Object.fromEntries([...Object.entries(row).toReversed(), ['id', i]]),
        ),
    );
    expect(read(shuffled).canonical).toBe(read(body()).canonical);
  });

  test('one extra row at ToUtc is tolerated', () => {
    const extra = body((rows) => [...rows, { ...rows[0], dateTimeUtc: '2026-04-21T22:00:00Z' }]);
    expect(found(extra)).toEqual(['info outside_day']);
    expect(read(extra).points).toHaveLength(24 * 132);
  });
});

describe('answers that are refused as a whole', () => {
  test.each([
    [
      'an HTML page',
      '<!DOCTYPE html><html></html>',
      'not_json',
      'the answer is not JSON; it begins with "<!DOCTYPE html>',
    ],
    ['nothing', '', 'not_json', 'it begins with ""'],
    ['a cut body', '{"data":[{"id":1,', 'not_json', 'not JSON'],
    ['a list', '[]', 'shape', 'the answer is not a JSON object'],
    ['no data', '{"rejected":false,"messages":null}', 'shape', '"data" is not a list'],
    ['null data', '{"data":null,"rejected":false,"messages":null}', 'shape', '"data" is not a list'],
    [
      'a row that is no object',
      '{"data":[7],"rejected":false,"messages":null}',
      'shape',
      'data[0] is not an object',
    ],
    [
      'a rejection',
      '{"data":[],"rejected":true,"messages":["bad range"]}',
      'rejected',
      'rejected the request: ["bad range"]',
    ],
    [
      'a literal NaN',
      '{"data":[{"dateTimeUtc":"2026-04-21T00:00:00Z","border_AT_BE":NaN}]}',
      'not_json',
      'not JSON',
    ],
  ])('%s', (_name, text, rule, reason) => {
    expect(read(Buffer.from(text))).toMatchObject({
      kind: 'refused',
      points: [],
      findings: [{ rule, severity: 'block', points: 0, reason: expect.stringContaining(reason) }],
    });
  });

  test('bytes that are not UTF-8', () => {
    expect(found(Buffer.from([0xff, 0xfe, 0x7b, 0x00]))).toEqual(['block not_utf8']);
  });

  test('JSON nested beyond all reason', () => {
    expect(read(Buffer.from('['.repeat(200_000))).kind).toBe('refused');
    expect(read(Buffer.from('['.repeat(200_000) + ']'.repeat(200_000))).kind).toBe('refused');
  });

  test('quarter hours in an hourly table', () => {
    const quarters = body((rows) =>
      rows.flatMap((row) =>
        [0, 15, 30, 45].map((m) => ({
          ...row,
          dateTimeUtc: String(row.dateTimeUtc).replace(':00:00Z', `:${m || '00'}:00Z`),
        })),
      ),
    );
    expect(found(quarters)).toEqual(['block off_grid']);
  });
});

describe('points that are quarantined, one by one', () => {
  test.each([
    ['a text', '4346', '"4346"'],
    ['a boolean', true, 'true'],
    ['an object', { value: 1 }, '{"value":1}'],
    ['a list', [1], '[1]'],
  ])('%s', (_name, value, raw) => {
    const bytes = first({ border_AT_BE: value });
    expect(read(bytes).points).toHaveLength(24 * 132 - 1);
    expect(read(bytes).findings).toMatchObject([
      {
        rule: 'unreadable_value',
        severity: 'block',
        series: 'border_AT_BE',
        raw,
        place: 'data[0].border_AT_BE',
      },
    ]);
  });

  test.each(['1e400', '-1e400', '9'.repeat(400), '1.5E+309'])(
    '%s, beyond all numbers, is shown as it was sent',
    (raw) => {
      const text = body().toString();
      const sent = text.replace(/"border_AT_BE":[0-9.]+/, () => `"border_AT_BE":${raw}`);
      const [found] = read(Buffer.from(sent)).findings;
      expect(found).toMatchObject({ rule: 'unreadable_value', raw, place: 'data[0].border_AT_BE' });
      expect(found?.reason).toContain('beyond the numbers that can be kept');
    },
  );

  test.each([-1, 50_001])('%d MW is out of range', (value) => {
    const bytes = first({ border_AT_BE: value });
    expect(read(bytes).findings).toMatchObject([
      { rule: 'range', severity: 'block', series: 'border_AT_BE' },
      ...steps(value),
    ]);
    expect(read(bytes).points).toHaveLength(24 * 132 - 1);
  });

  function steps(value: number) {
    return value > 5_000 ? [{ rule: 'sudden_step' }] : [];
  }

  test.each([
    '2026-04-20',
    '2026-04-20T22:00:00',
    '2026-04-20T24:00:00Z',
    '20.04.2026 22:00',
    1_776_722_400,
    null,
    undefined,
  ])('a row of which the time is %j', (dateTimeUtc) => {
    const bytes = first({ dateTimeUtc });
    expect(read(bytes).points).toHaveLength(23 * 132);
    expect(read(bytes).findings[0]).toMatchObject({
      rule: 'unreadable_time',
      severity: 'block',
      points: 132,
      series: null,
    });
  });

  test('a time with another offset is the same instant', () => {
    expect(read(first({ dateTimeUtc: '2026-04-21T00:00:00+02:00' })).canonical).toBe(read(body()).canonical);
  });
});

describe('anomalies that are written with a warning', () => {
  test('a null is a null, not zero, not absent', () => {
    const bytes = first({ border_AT_BE: null });
    expect(found(bytes)).toEqual(['warn null_values']);
    expect(read(bytes).points[0]).toMatchObject({ series: 'border_AT_BE', value: null });
  });

  test('missing hours, a missing border, an unknown border, one direction only', () => {
    expect(found(body((rows) => rows.slice(2)))).toEqual(['warn missing_intervals']);
    const without = (names: string[]) =>
      body((rows) =>
        rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)))),
      );
    expect(found(without(['border_AT_BE']))).toEqual(['warn missing_series', 'warn missing_opposite']);
    expect(found(without(['border_AT_BE', 'border_BE_AT']))).toEqual(['warn missing_series']);
    const strange = read(body((rows) => rows.map((row) => ({ ...row, border_AT_UA: 5 }))));
    expect(strange.findings.map(({ rule }) => rule)).toEqual(['unknown_border']);
    expect(strange.points).toHaveLength(24 * 133);
  });

  test('columns that are neither values nor bookkeeping', () => {
    const bytes = first({ Border_AT_BE: 1, __proto__x: 2, "x'; drop table ops.payload; --": 3 });
    expect(found(bytes)).toEqual(['warn unknown_column']);
    expect(read(bytes).points).toHaveLength(24 * 132);
  });

  test.each(['border_\u0000', 'border_\ud800', 'border_AT\tBE', `border_${'X'.repeat(3_000)}`])(
    'a column that no database could keep the name of: %j',
    (name) => {
      const bytes = first({ [name]: 1 });
      expect(found(bytes)).toEqual(['warn unknown_column']);
      expect(read(bytes).points).toHaveLength(24 * 132);
    },
  );

  test('a key that would pollute prototypes is a column like any other', () => {
    const bytes = Buffer.from(
      body().toString().replace('"id":34081', '"__proto__":{"border_AT_BE":1},"id":34081'),
    );
    expect(read(bytes).points).toHaveLength(24 * 132);
    expect(Object.hasOwn(Object.prototype, 'border_AT_BE')).toBe(false);
  });
});

describe('borders', () => {
  test.each([
    ['border_AT_CZ', 'AT', 'CZ'],
    ['border_DE_DE_DK1_VH', 'DE', 'DE_DK1_VH'],
    ['border_DE_NO2_BigHub_DE', 'DE_NO2_BigHub', 'DE'],
    ['border_RO_RO_BG_VH', 'RO', 'RO_BG_VH'],
  ])('%s', (name, from, to) => {
    expect(sidesOf(name)).toEqual({ from, to });
    expect(maxExchanges.seriesAttributes(name)).toEqual({ from, to });
  });

  test.each(['border_AT_UA', 'border_AT', 'border_', 'border_AT_CZ_', 'AT_CZ'])('%s is none', (name) => {
    expect(sidesOf(name)).toBeUndefined();
    expect(maxExchanges.seriesAttributes(name)).toEqual({});
  });
});

describe('requests', () => {
  test.each([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
    ['2026-11-20', 24],
  ])('%s asks for its %i hours, in the form that the source accepts', (day, hours) => {
    const { path, query } = maxExchanges.pull.request(deliveryInterval(maxExchanges, day), WHOLE_DAY);
    expect(path).toBe('/core/api/data/maxExchanges');
    expect(Object.keys(query)).toEqual(['FromUtc', 'ToUtc']);
    expect(query.FromUtc).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:00:00\.000Z$/);
    expect((Date.parse(query.ToUtc ?? '') - Date.parse(query.FromUtc ?? '')) / 3_600_000).toBe(hours);
  });
});
