/** Are tables plain, aligned and whole? */
import { describe, expect, test } from 'vitest';
import { instant, table } from '../../../cli/table.ts';

describe('a table', () => {
  test('aligns columns, numbers to the right, and leaves nothing at the ends of lines', () => {
    const rows = [
      ['a', 5, 'first'],
      ['bbbb', 1234, ''],
    ];
    expect(table(['name', 'n', 'note'], rows)).toBe(
      ['name     n  note', '----  ----  -----', 'a        5  first', 'bbbb  1234'].join('\n'),
    );
  });

  test('a column that has one text has texts', () => {
    expect(table(['value'], [[1], ['null'], [22]]).split('\n')).toEqual([
      'value',
      '-----',
      '1',
      'null',
      '22',
    ]);
  });

  test('without rows is its header', () => {
    expect(table(['one', 'two'], [])).toBe('one  two\n---  ---');
  });

  test('signs beyond the basic plane are one wide', () => {
    expect(table(['x', 'y'], [['𝛥', 'z']])).toBe('x  y\n-  -\n𝛥  z');
  });

  test('has as many rows as there are, also where these are many', () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => [i]);
    expect(table(['n'], rows).split('\n')).toHaveLength(300_002);
  });
});

describe('an instant', () => {
  test.each([
    ['2026-11-20T10:31:07Z', '2026-11-20 10:31:07Z'],
    ['2026-11-20T10:31:07.120Z', '2026-11-20 10:31:07.120Z'],
  ])('%s is shown as %s', (iso, shown) => {
    expect(instant(new Date(iso))).toBe(shown);
  });

  test('none is a dash', () => {
    expect(instant(null)).toBe('-');
  });
});
