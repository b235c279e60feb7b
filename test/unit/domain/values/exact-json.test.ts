/** Is JSON from elsewhere read without loss, and refused where two readers could read two things? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonText, readJson, readStoredJson } from '../../../../domain/values/exact-json.ts';
import { canonicalJson } from '../../../../domain/values/json.ts';

describe('numbers', () => {
  test.each([
    ['12345678901234567891', '12345678901234567891'],
    ['-12345678901234567891.50', '-12345678901234567891.5'],
    ['1e400', '1e400'],
    ['1E+0400', '1e400'],
    ['10e399', '1e400'],
    [`1${'0'.repeat(400)}`, '1e400'],
    ['1.5e-400', '1.5e-400'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['9007199254740993', '9007199254740993'],
  ])('%s is more than a double holds, and %s in one spelling', (sent, kept) => {
    const value = readJson(`{"n": [${sent}]}`);
    expect([jsonText(value), canonicalJson(value)]).toEqual([`{"n":[${kept}]}`, `{"n":[${kept}]}`]);
    expect(canonicalJson(readStoredJson(`{"n": [${sent}]}`))).toBe(`{"n":[${kept}]}`);
  });

  test.each([
    ['0.1', 0.1],
    ['29.990', 29.99],
    ['0.30000000000000004', 0.30000000000000004],
    ['1e21', 1e21],
    ['1.000000000000000000000', 1],
    ['0e99999999999', 0],
    ['9007199254740992', 2 ** 53],
    ['1.7976931348623157e308', Number.MAX_VALUE],
  ])('%s is what a double holds', (sent, number) => {
    expect(readJson(`{"n":${sent}}`)).toEqual({ n: number });
  });

  test.each(['1e1001', '1e-99999999999999999999', `${'9'.repeat(1_001)}`])('%s is too long', (sent) => {
    expect(() => readJson(`{"n":${sent}}`)).toThrow('has a number of more than 1000 digits');
  });

  test('are equal when their values are, whatever their spelling', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,30}$/);
    fc.assert(
      fc.property(digits, fc.integer({ min: -60, max: 60 }), fc.nat(20), (whole, power, zeros) => {
        const spelt = `${whole}${'0'.repeat(zeros)}e${power - zeros}`;
        const text = jsonText(readJson(`{"n":${whole}e${power}}`));
        expect(jsonText(readJson(`{"n":${spelt}}`))).toBe(text);
        expect(jsonText(readJson(text))).toBe(text);
        const [, sent = ''] = /:(.*)\}/.exec(text) ?? [];
        expect(scaled(sent)).toBe(scaled(`${whole}e${power}`));
      }),
    );
  });
});

/** Millionths of millionths and so on, as a whole number. */
function scaled(decimal: string): bigint {
  const [, whole = '', fraction = '', power = '0'] = /^(\d+)\.?(\d*)(?:e(.+))?$/.exec(decimal) ?? [];
  return BigInt(whole + fraction) * 10n ** BigInt(200 + Number(power) - fraction.length);
}

describe('fields that are there twice', () => {
  test.each([
    '{"user_id":"a","x":1,"user_id":"b"}',
    '{"user_id":"a" , "user_id" : "a"}',
    String.raw`{"user_id":"a","user\u005fid":"b"}`,
    '{"in":[{"user_id":1,"user_id":2}]}',
    '{"__proto__":1,"__proto__":2}',
    String.raw`{"note":"\":","note":"\":"}`,
  ])('%s is refused', (text) => {
    expect(() => readJson(text)).toThrow(/^has "(user_id|__proto__|note)" twice: send it once$/);
  });

  test('once each in several objects are none', () => {
    const text = '[{"a":{"a":"a\\":"}},{"a":1e400}]';
    expect(jsonText(readJson(text))).toBe(text);
  });
});

test('anything else is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(undefined, 2), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), null, indent);
      expect(readJson(spaced)).toEqual(JSON.parse(spaced));
    }),
  );
});

test('what is no JSON, or is nested without end, is refused', () => {
  expect(() => readJson('{"a":')).toThrow('is no JSON');
  expect(() => readJson(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toThrow('deeper than 64 levels');
});

test('a number that nobody writes as it was sent is a text: nothing is lost', () => {
  expect(JSON.stringify(readJson('{"n":12345678901234567891}'))).toBe('{"n":"12345678901234567891"}');
});
