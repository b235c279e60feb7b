/** Are the lines of one person told from all others, and are those left as they were, byte for byte? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import checkout from '../../../../datasets/checkout/events.ts';
import { linesOf, type RecordLines } from '../../../../domain/dataset/records.ts';
import { isAboutPerson, mentionsAny, withoutLines, wordPattern } from '../../../../domain/records/erasure.ts';
import { CODE_POINT } from '../../../../kit/testing/code-points.ts';
import { event, payment } from '../../../support/sample-events.ts';

const lines = linesOf(checkout) as RecordLines;
const without = (body: string, person: string, mentions: string[] = []) => {
  const left = withoutLines(lines, Buffer.from(body), isAboutPerson(lines, { person, mentions }));
  return { text: left.body.toString(), removed: left.removed };
};
const json = (...events: object[]) => events.map((each) => `${JSON.stringify(each)}\n`).join('');

describe('the lines of a person', () => {
  test('go, whatever the type, version or fault of the event, and all others stay', () => {
    const mine = [
      event({ user_id: 'u1' }),
      payment({ user_id: 'u1', version: 7 }),
      event({ user_id: 'u1', type: 'No' }),
    ];
    const others = [
      event({ user_id: 'u12' }),
      event({ user_id: 'U1' }),
      event({ user_id: 'u2', note: 'u1' }),
    ];
    expect(without(json(...mine, ...others), 'u1')).toEqual({ text: json(...others), removed: 3 });
  });

  test('are found by a number, and by a word where a line cannot be read', () => {
    const broken = '{"user_id":"u1","price":\n';
    const other = '{"user_id":"u11","price":\n';
    expect(without(broken + other, 'u1')).toEqual({ text: other, removed: 1 });
    expect(without(json(event({ user_id: 5 })), '5')).toEqual({ text: '', removed: 1 });
  });

  test('are found where a line says twice who it is of', () => {
    for (const line of [
      '{"user_id":"u1","x":1,"user_id":"u2"}\n',
      `${String.raw`{"user_id":"u2","user\u005fid":"u1"}`}\n`,
      'user_id,event_id,user_id\nu1,e1,u2\n',
    ])
      expect(without(line, 'u1')).toEqual({ text: '', removed: 1 });
  });

  test('are found where the id has signs of its own', () => {
    expect(without('{"user_id":"a-b.c|d/(e\n{', 'a-b.c|d/(e').removed).toBe(1);
  });

  test('go by what else tells of them, in whatever case and escape', () => {
    const body = json(event({ user_id: 'x', email: 'Zoë@Example.org' }), event({ user_id: 'y' }));
    const escaped = body.replace('ë', '\\u00eb');
    expect(without(body, 'u1', ['zoë@example.org'])).toEqual({
      text: json(event({ user_id: 'y' })),
      removed: 1,
    });
    expect(without(escaped, 'u1', ['zoë@example.org']).removed).toBe(1);
    expect(without(body, 'u1', ['e@example.org']).removed).toBe(0);
  });

  test('of CSV are found by the column that the first line names, which stays', () => {
    const body = 'id,type,time,version,user_id\r\n1,a,b,1,"u1"\r\n2,a,b,1,u2\r\n3,a,"b,1,u1\r\n';
    expect(without(body, 'u1')).toEqual({
      text: 'id,type,time,version,user_id\r\n2,a,b,1,u2\r\n',
      removed: 2,
    });
    expect(without('id,type,time,version,user_id\n1,a,b,1,u1\n\n', 'u1')).toEqual({ text: '', removed: 1 });
  });
});

test('what is left is what was there without them, byte for byte', () => {
  const line = fc.oneof(
    fc
      .record({ user_id: fc.constantFrom('a', 'b', 'c'), text: fc.string({ unit: CODE_POINT }) })
      .map((value) => JSON.stringify(value)),
    fc.string().map((text) => text.replaceAll('\n', ' ')),
  );
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (all, end) => {
      const gone = isAboutPerson(lines, { person: 'a', mentions: [] });
      const kept = all.filter(
        (each, i) => each.trim() === '' || (i === 0 && lines.isHeader(each)) || !gone(each, undefined),
      );
      fc.pre(all[0] === undefined || !lines.isHeader(all[0]));
      const body = (some: string[]) => some.map((each) => each + end).join('');
      expect(without(body(all), 'a').text).toBe(body(kept));
    }),
  );
});

test('a word is a word for PostgreSQL as for us', () => {
  expect(mentionsAny(['a.b'])('xa.b')).toBe(false);
  expect(mentionsAny(['a.b'])('"axb"')).toBe(false);
  expect(wordPattern(['a.b', 'c d'])).toBe('(^|[^[:alnum:]_-])(a\\.b|c\\ d)($|[^[:alnum:]_-])');
});
